"""The first open month, from the ledger's statements and the contracts."""

from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from linernotes.warehouse.open_months import first_open_month

NOW = datetime(2026, 6, 1)
JANUARY, FEBRUARY, MARCH, APRIL = (date(2026, month, 1) for month in (1, 2, 3, 4))


def month_of(folder: Path, issued: dict[str, date], ends: dict[str, str | None]) -> date | None:
    """The first open month with the last issued month, and the end, of each account."""
    statements = [
        {"contract_id": name, "report_month": month, "known_at": datetime(2026, 5, 15)}
        for name, month in issued.items()
    ]
    contracts = [
        {
            "contract_id": name,
            "version": 1,
            "valid_from": datetime(2026, 1, 5),
            "valid_to": datetime.fromisoformat(end) if end else None,
            "is_withdrawn": None,
            "recorded_at": recorded_at,
        }
        # The end is known from a correction.
        for name, last in ends.items()
        for end, recorded_at in ((None, datetime(2026, 1, 5)), (last, datetime(2026, 1, 6)))
    ]
    schema = {"contract_id": pl.String, "report_month": pl.Date, "known_at": pl.Datetime("us")}
    times = dict.fromkeys(("valid_from", "valid_to", "recorded_at"), pl.Datetime("us"))
    for table, rows, types in (
        ("raw_ledger__statements", statements, schema),
        (
            "raw_licensing__contracts",
            contracts,
            {
                "contract_id": pl.String,
                "version": pl.Int64,
                "is_withdrawn": pl.Boolean,
            }
            | times,
        ),
    ):
        (folder / table).mkdir()
        pl.DataFrame(rows, schema=types).write_parquet(folder / table / "000000.parquet")
    return first_open_month(folder, NOW)


@pytest.mark.parametrize(
    ("issued", "ends", "month"),
    [
        ({}, {"a": None}, JANUARY),
        ({"a": MARCH, "unallocated": MARCH}, {"a": None}, APRIL),
        ({"a": MARCH, "unallocated": MARCH}, {"a": None, "b": None}, JANUARY),
        ({"a": MARCH, "unallocated": FEBRUARY}, {"a": None}, MARCH),
        ({"a": MARCH}, {"a": None}, JANUARY),
        ({"a": MARCH, "b": FEBRUARY, "unallocated": MARCH}, {"a": None, "b": "2026-02-15"}, APRIL),
        # Uses of its last hours are in March in some territories.
        (
            {"a": FEBRUARY, "b": FEBRUARY, "unallocated": FEBRUARY},
            {"a": "2026-03-01", "b": "2026-03-01"},
            MARCH,
        ),
        ({}, {}, None),
    ],
    ids=[
        "nothing_issued",
        "all_issued",
        "contract_without_a_statement",
        "money_without_a_contract_is_behind",
        "money_without_a_contract_never_issued",
        "contract_that_has_ended",
        "contract_that_ends_with_the_month",
        "no_contract",
    ],
)
def test_first_open_month_is_the_first_that_an_account_has_not_issued(
    tmp_path: Path, issued: dict[str, date], ends: dict[str, str | None], month: date | None
) -> None:
    assert month_of(tmp_path, issued, ends) == month
