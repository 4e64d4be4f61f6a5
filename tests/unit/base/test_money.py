"""Amounts as text, and the list of minor units that is deliberately kept twice."""

import csv
from decimal import Decimal

import pytest

from linernotes.base.money import exact_text, minor_unit_digits, money_text, round_half_up
from linernotes.base.settings import PROJECT_ROOT


def test_minor_unit_digits_of_every_currency_are_those_of_the_seed() -> None:
    with (PROJECT_ROOT / "seeds" / "currencies.csv").open(encoding="utf-8") as file:
        seeded = {
            row["currency_code"]: int(row["minor_unit_digits"]) for row in csv.DictReader(file)
        }

    assert {code: minor_unit_digits(code) for code in seeded} == seeded


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("1000.000", "JPY", "1000"),
        ("12.5", "EUR", "12.50"),
        ("-0.000", "EUR", "0.00"),
        ("3.33", "TND", "3.330"),
        ("0.1234", "EUR", "0.1234"),
    ],
)
def test_money_text_has_the_decimals_of_its_currency_e06_e07(
    amount: str, currency: str, text: str
) -> None:
    assert money_text(Decimal(amount), currency) == text


@pytest.mark.parametrize(("number", "text"), [("1.500", "1.5"), ("100", "100"), ("-0.0", "0")])
def test_exact_text_drops_trailing_zeros_only(number: str, text: str) -> None:
    assert exact_text(Decimal(number)) == text


@pytest.mark.parametrize(("amount", "rounded"), [("0.005", "0.01"), ("-0.005", "-0.01")])
def test_round_half_up_goes_away_from_zero(amount: str, rounded: str) -> None:
    assert round_half_up(Decimal(amount), 2) == Decimal(rounded)
