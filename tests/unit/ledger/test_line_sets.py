"""The hash over lines: the engine and Python compute the same one for any text."""

from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from linernotes.ledger.line_sets import LINE_SET_COLUMNS, LineSet, _line_sets

TEXTS = (
    "plain", "", " ", 'with "quotes"', "back\\slash", "\\", "a\nb", "tab\t", "nul-\x01", "\x7f",
    "\x1f",
    "Été", "東京", "قمر", "𝄞", "\u2028", "</script>", "'", "null", "[1,2]", "\u0085",
    "e\u0301", "🎵",
)  # fmt: skip
AMOUNTS = ("0", "-0.001", "10.000", "100", "1234567890123.450", "-99.9", "0.010")


@pytest.mark.parametrize("text", TEXTS)
def test_engine_and_python_give_one_hash_of_a_text(text: str) -> None:
    assert engine_hash(line(title=text)) == python_hash(line(title=text))


@pytest.mark.parametrize("amount", AMOUNTS)
def test_engine_and_python_give_one_hash_of_an_amount(amount: str) -> None:
    values = line(amount=Decimal(amount))

    assert engine_hash(values) == python_hash(values)


def line(title: str = "t", amount: Decimal = Decimal("1.5")) -> dict[str, Any]:
    values: dict[str, Any] = dict.fromkeys(LINE_SET_COLUMNS)
    return values | {
        "statement_id": "s", "object_id": title, "line_id": f"line {title}", "amount": amount,
        "report_month": date(2026, 6, 1), "usage_month": date(2026, 5, 1), "quantity": 12,
        "weight_nano": Decimal(12 * 10**9), "contract_version": 1,
    }  # fmt: skip


def python_hash(values: dict[str, Any]) -> str:
    line_set = LineSet()
    line_set.add(values[name] for name in LINE_SET_COLUMNS)
    return line_set.sha256


def engine_hash(values: dict[str, Any]) -> str:
    types = {
        "amount": "decimal(24, 3)", "weight_nano": "decimal(38, 0)", "quantity": "bigint",
        "contract_version": "bigint", "report_month": "date", "usage_month": "date",
    }  # fmt: skip
    columns = ", ".join(f"?::{types.get(name, 'varchar')} as {name}" for name in LINE_SET_COLUMNS)
    with duckdb.connect() as connection:
        found = _line_sets(
            connection, f"select {columns}", [values[name] for name in LINE_SET_COLUMNS]
        )
    return found["s"].sha256
