"""Casts of text and Parquet columns: exact, or null.

The tests of contracts cover the allowed values.
"""

import datetime as dt
from decimal import Decimal

import polars as pl
import pytest

from linernotes.ingestion.values import cast, present


def read(kind: str, *texts: str | None) -> list:
    return cast(pl.Series("x", texts, dtype=pl.String), kind).to_list()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", "1"),
        ("-0.5", "-0.5"),
        ("+5", "5"),
        (".5", "0.5"),
        ("1.", "1"),
        ("1e3", "1000"),
        ("9.0e-8", "0.00000009"),
        ("0E-19", "0"),
        ("0.10000000000000000000", "0.1"),
        ("0000000000000000000000001.5", "1.5"),
        ("123456789012345678.123456789012", "123456789012345678.123456789012"),
    ],
)
def test_decimal_of_any_exact_spelling_is_exact(text: str, value: str) -> None:
    assert read("decimal", text) == [Decimal(value)]


@pytest.mark.parametrize(
    "text",
    [
        "1e-13",
        "1234567890123456789",
        "1.1234567890123",
        "1,000",
        "1.000,5",
        "1 000",
        "1_000",
        "NaN",
        "inf",
        "0x1F",
        "1e99999999",
        "1e",
        "--1",
        " 1",
        "1٣",
    ],
)
def test_decimal_that_is_not_exact_is_nothing(text: str) -> None:
    assert read("decimal", text) == [None]


def test_decimal_column_of_mixed_spellings_keeps_its_order() -> None:
    assert read("decimal", "1", "1e1", None, "x", "2.5") == [
        Decimal(1),
        Decimal(10),
        None,
        None,
        Decimal("2.5"),
    ]


def test_decimal_of_parquet_with_too_many_digits_is_nothing() -> None:
    sent = pl.Series([Decimal("0.5"), Decimal("0.1234567890123")], dtype=pl.Decimal(38, 13))

    assert cast(sent, "decimal").to_list() == [Decimal("0.5"), None]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("12.0", 12),
        ("1e3", 1000),
        ("-1", -1),
        ("999999999999999999", 10**18 - 1),
        ("12.5", None),
        ("1000000000000000000", None),
        ("99999999999999999999", None),
        ("292,779", None),
    ],
)
def test_count_is_whole_or_nothing(text: str, value: int | None) -> None:
    assert read("count", text) == [value]


def test_count_of_parquet_floats_takes_only_whole_numbers() -> None:
    sent = pl.Series([1.0, None, 2.5, float("nan"), float("inf"), 2.0**60])

    assert cast(sent, "count").to_list() == [1, None, None, None, None, None]


def test_count_of_large_unsigned_integers_does_not_wrap_round() -> None:
    assert cast(pl.Series([2**64 - 1, 7], dtype=pl.UInt64), "count").to_list() == [None, 7]


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("FALSE", False), ("Yes", True), ("no", False), ("1", None), ("N", None)],
)
def test_boolean_takes_true_false_yes_no_in_any_case(text: str, value: bool | None) -> None:
    assert read("boolean", text) == [value]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-01-05T06:00:00Z", dt.datetime(2026, 1, 5, 6)),
        ("2026-01-05T13:00:00+07:00", dt.datetime(2026, 1, 5, 6)),
        ("2026-01-05T13:00:00+0700", dt.datetime(2026, 1, 5, 6)),
        ("2026-01-05T13:00:00+07", dt.datetime(2026, 1, 5, 6)),
        ("20260105T060000Z", dt.datetime(2026, 1, 5, 6)),
        ("2026-01-05T06:00Z", dt.datetime(2026, 1, 5, 6)),
        ("2026-01-05T06:00:00.123456Z", dt.datetime(2026, 1, 5, 6, 0, 0, 123456)),
        ("2026-01-05T06:00:00,5Z", dt.datetime(2026, 1, 5, 6, 0, 0, 500000)),
        ("2026-01-05T06:00:00.1234567Z", dt.datetime(2026, 1, 5, 6, 0, 0, 123456)),
    ],
)
def test_time_with_an_offset_becomes_utc(text: str, value: dt.datetime) -> None:
    assert read("time", text) == [value]


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-05T06:00:00",
        "2026-01-05 06:00:00Z",
        "2026-01-05",
        "2026-01-04T24:00:00Z",
        "2016-12-31T23:59:60Z",
        "2026-02-30T00:00:00Z",
        "2026-01-05T06:00:00 +07:00",
        "0001-01-01T00:00:00+05:00",
        "5 Jan 2026",
    ],
)
def test_time_that_is_not_iso_with_an_offset_is_nothing(text: str) -> None:
    assert read("time", text) == [None]


def test_time_of_parquet_without_a_zone_is_nothing() -> None:
    sent = pl.Series([dt.datetime(2026, 1, 5)], dtype=pl.Datetime("us"))

    assert cast(sent, "time").to_list() == [None]


def test_time_of_parquet_in_another_zone_becomes_utc() -> None:
    sent = pl.Series([dt.datetime(2026, 1, 5, 6)]).dt.replace_time_zone("Asia/Bangkok")

    assert cast(sent, "time").to_list() == [dt.datetime(2026, 1, 4, 23)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-02-28", dt.date(2026, 2, 28)),
        ("2026-02-30", None),
        ("1/5/2026", None),
        ("2026-1-5", None),
        ("0000-01-01", None),
    ],
)
def test_date_is_a_day_of_the_calendar_or_nothing(text: str, value: dt.date | None) -> None:
    assert read("date", text) == [value]


@pytest.mark.parametrize(
    ("text", "is_read"),
    [
        ("2026", True),
        ("2026-02", True),
        ("2026-02-03", True),
        ("2026-13", False),
        ("1999-02-30", False),
        ("26", False),
        ("0000", False),
    ],
)
def test_partial_date_stays_the_text_that_was_sent(text: str, is_read: bool) -> None:
    assert read("partial_date", text) == [text if is_read else None]


def test_month_is_a_year_and_a_month_or_nothing() -> None:
    assert read("month", "2026-02", "2026-13", "2026-2") == ["2026-02", None, None]


def test_list_of_parquet_text_is_nothing_and_empty_is_absent() -> None:
    assert cast(pl.Series(["one|two"]), "list").to_list() == [None]
    assert cast(pl.Series([["one"], [], None]), "list").to_list() == [["one"], None, None]


def test_blank_cell_is_absent() -> None:
    sent = pl.Series(["", "  ", "\t", "\u00a0", " a "])

    assert present(sent).to_list() == [None, None, None, None, " a "]


@pytest.mark.parametrize(
    ("text", "is_read"),
    [
        ("9999-12-31T00:00:00Z", True),
        ("9999-12-31T23:59:59Z", True),
        ("9999-12-31T23:59:59.999999Z", True),
        ("9999-12-31T23:59:59+05:30", True),
        ("99991231T235959Z", True),
        ("9999-12-31T23:59:59-05:00", False),
        ("0001-01-01T00:00:00Z", True),
        ("0001-01-01T00:00:00+05:00", False),
    ],
)
def test_time_at_the_ends_of_the_calendar_is_read_if_it_is_in_it(text: str, is_read: bool) -> None:
    """Regression: on the last day of 9999, an open end, times from 00:00:01 on were rejected."""
    assert cast(pl.Series([text]), "time").is_not_null().to_list() == [is_read]
