"""Figures as people read them: nothing rounded into what it is not, no digit lost in downloads."""

import csv
import io
from datetime import date, datetime
from decimal import Decimal

import pytest

from linernotes.dashboard import formats
from linernotes.dashboard.formats import Money
from linernotes.dashboard.months import Months, MonthState
from linernotes.dashboard.parts import Card, Column, Note, Table, table_csv
from linernotes.dashboard.screen import cards_html, note_html, table_html

FREEZE = datetime(2026, 7, 15, 6)


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


def test_months_of_two_states_are_each_told_as_what_they_are() -> None:
    january, february, march = (date(2026, month, 1) for month in (1, 2, 3))
    months = Months(
        [january, february, march],
        {
            january: MonthState(january, 2, 2, datetime(2026, 2, 15, 6)),
            february: MonthState(february, 2, 1, FREEZE),
        },
        FREEZE,
    )

    assert months.state == "mixed"
    assert [months.is_estimate(month) for month in months.all] == [False, True, True]
    assert months.caption(money=True) == (
        "Jan 2026: issued; Feb 2026: partly issued; Mar 2026: no statement yet. "
        "Feb 2026 as known 15 Jul 2026, 06:00 UTC."
    )


def test_csv_of_a_table_has_every_digit_and_no_formula() -> None:
    table = Table(
        "t",
        [Column("Who"), Column("Month", "month"), Column("Paid", "money"), Column("Rate", "share")],
        [["=1+1", date(2026, 3, 1), Money(Decimal("10.500000"), "EUR"), Decimal("0.123456")]],
        total=["All", "", Money(Decimal("10.5"), "EUR"), None],
    )

    rows = list(csv.reader(io.StringIO(table_csv(table).decode("utf-8-sig"))))

    assert rows == [
        ["Who", "Month", "Paid", "Paid, currency", "Rate"],
        ["'=1+1", "2026-03", "10.5", "EUR", "0.123456"],
    ]


def test_text_from_data_is_escaped_wherever_it_is_shown() -> None:
    hostile = "<script>alert('x')</script>\"'"
    card = Card(hostile, hostile, hostile, hostile, "issued", hostile, hostile)
    table = Table(hostile, [Column(hostile)], [[hostile]], [hostile], hostile)

    shown = cards_html([card]) + table_html(table) + note_html(Note(hostile))

    assert "<script" not in shown
    assert "alert('" not in shown
