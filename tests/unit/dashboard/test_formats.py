"""Figures as displayed: no misleading rounding, and all digits in downloads."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest

from linernotes.dashboard import formats
from linernotes.dashboard.blocks import Column, Table, table_csv
from linernotes.dashboard.formats import Money


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(Decimal("1790.07"), "EUR"), "1,790.07"),
        (Money(Decimal("-0.004"), "EUR"), "0.00"),
        (Money(Decimal("-12345.5"), "USD"), "−12,345.50"),
        (Money(Decimal("356016"), "JPY"), "356,016"),
        (Money(Decimal("50653.488"), "TND"), "50,653.488"),
        (Money(Decimal("12345678901234567890.125"), "TND"), "12,345,678,901,234,567,890.125"),
    ],
)
def test_money_has_the_decimals_of_its_currency(money: Money, text: str) -> None:
    assert formats.money_text(money) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        ("0", "0 %"),
        ("1", "100 %"),
        ("0.9741", "97.4 %"),
        ("0.9996", "99.96 %"),
        ("0.999999", "> 99.99 %"),
        ("0.000001", "< 0.01 %"),
        ("0.0004", "0.04 %"),
        ("-0.25", "−25.0 %"),
    ],
)
def test_share_that_is_nearly_all_or_nothing_is_not_rounded_to_it(share: str, text: str) -> None:
    assert formats.share_text(Decimal(share)) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59, "59 s"), (2100, "35 min"), (15_000, "4 h 10 min"), (187_200, "2 d 4 h")],
)
def test_seconds_are_told_in_the_two_largest_units(seconds: int, text: str) -> None:
    assert formats.seconds_text(seconds) == text


def test_span_of_months_tells_every_stretch() -> None:
    months = [date(2025, 12, 1), date(2026, 1, 1), date(2026, 3, 1)]

    assert formats.span_text(months) == "Dec 2025 – Jan 2026, Mar 2026"


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("7107.909448", "7,108 EUR"),
        ("751.138", "751.14 EUR"),
        ("-55.35", "−55.35 EUR"),
        ("1745900.2", "1.75 M EUR"),
        ("-2500000000", "−2.50 bn EUR"),
    ],
)
def test_short_money_keeps_what_a_card_has_room_for(amount: str, text: str) -> None:
    assert formats.short_money_text(Money(Decimal(amount), "EUR")) == text


@pytest.mark.parametrize(
    ("now", "before", "is_share", "text"),
    [
        ("90.6", "100", False, "−9.4 %"),
        ("-55", "181", False, ""),
        ("0.698", "0.711", True, "−1.3 pts"),
        ("1", "1", True, "±0.0 pts"),
        ("5", "0", False, ""),
        ("2991", "100", False, ""),
        (None, "1", True, ""),
    ],
)
def test_change_is_relative_of_amounts_and_in_points_of_shares(
    now: str | None, before: str, is_share: bool, text: str
) -> None:
    value = None if now is None else Decimal(now)

    assert formats.change_text(value, Decimal(before), is_share) == text


def test_csv_of_a_table_has_every_digit_and_no_formula() -> None:
    table = Table(
        "t",
        "Table",
        [Column("Who"), Column("Month", "month"), Column("Paid", "money"), Column("Rate", "share")],
        [["=1+1", date(2026, 3, 1), Money(Decimal("10.500000"), "EUR"), Decimal("0.123456")]],
        total=["All", "", Money(Decimal("10.5"), "EUR"), None],
    )

    rows = list(
        csv.reader(io.StringIO(table_csv(table, [("Period", "May 2026")]).decode("utf-8-sig")))
    )

    assert rows == [
        ["Period", "May 2026"],
        [],
        ["Who", "Month", "Paid", "Paid, currency", "Rate"],
        ["'=1+1", "2026-03", "10.5", "EUR", "0.123456"],
    ]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Decimal("0.5"), "0.50"),
        (Decimal("999.5"), "999.50"),
        (Decimal("614433310.55933332"), "614,433,311"),
        (Decimal("0E-9"), "0"),
    ],
)
def test_count_has_decimals_only_where_they_matter(number: Decimal, text: str) -> None:
    """Regression: nine digits of weighted uses were followed by two decimals."""
    assert formats.count_text(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (None, "–"),
        (999_999, "999,999"),
        (1_350_898_093, "1.35 bn"),
        (Decimal("19981323.25"), "19.98 M"),
        (-2_500_000, "−2.50 M"),
    ],
)
def test_short_count_keeps_what_a_card_has_room_for(number: int | None, text: str) -> None:
    assert formats.short_count_text(number) == text


def test_month_does_not_part_from_since() -> None:
    assert (
        formats.whole("Broken since Jun 2025")
        == "Broken since\N{NO-BREAK SPACE}Jun\N{NO-BREAK SPACE}2025"
    )


def test_number_and_month_do_not_part_from_their_unit_and_year() -> None:
    text = formats.whole("+18.0 % vs May 2026, of 3 uses")

    assert text.split("\N{NO-BREAK SPACE}") == ["+18.0", "% vs", "May", "2026, of 3 uses"]


def test_weight_in_uses_keeps_all_its_digits() -> None:
    nano_uses = Decimal("123456789012345678901234567890.12345678901234")

    assert formats.uses_of(nano_uses) == Decimal("123456789012345678901.23456789012345678901234")
    assert formats.uses_of(1_500_000_000) == Decimal("1.5")
