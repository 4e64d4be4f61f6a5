"""The central bank's file, day by day. The intake's tests cover days of earlier files."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from linernotes.base.settings import PROJECT_ROOT
from linernotes.ingestion.ecb import RATES_SCHEMA, parse_rates
from linernotes.ingestion.errors import RefusedFile

SHARED = PROJECT_ROOT.parent / "shared" / "data"
HISTORY = SHARED / "landing" / "finance" / "ecb" / "eurofxref-hist.csv"
DIRTY = SHARED / "dirty" / "finance" / "ecb"


def history(*lines: str, header: str = "Date,USD,JPY,CYP,") -> bytes:
    return "\n".join((header, *lines, "")).encode()


def test_rates_of_a_good_day_are_exact_and_long() -> None:
    file = parse_rates(history("2026-10-30,1.1172,175.68,N/A,", "2026-10-29,1.113,,N/A,"))

    assert file.rates.schema == RATES_SCHEMA
    assert file.rates.select("rate_date", "quote_currency", "rate").rows() == [
        (dt.date(2026, 10, 30), "USD", Decimal("1.1172")),
        (dt.date(2026, 10, 30), "JPY", Decimal("175.68")),
        (dt.date(2026, 10, 29), "USD", Decimal("1.113")),
    ]
    assert (file.rows_read, file.days.height, file.rows_duplicate, file.broken) == (2, 2, 0, [])


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-01-15", dt.datetime(2026, 1, 15, 15)),
        ("2026-07-15", dt.datetime(2026, 7, 15, 14)),
        ("2026-03-29", dt.datetime(2026, 3, 29, 14)),
        ("2026-10-25", dt.datetime(2026, 10, 25, 15)),
    ],
)
def test_recorded_at_is_four_in_the_afternoon_of_berlin(day: str, expected: dt.datetime) -> None:
    file = parse_rates(history(f"{day},1.1,,,"))

    assert file.rates["recorded_at"].to_list() == [expected]


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("one point one", "not_an_exact_decimal"),
        ("1'234.5", "not_an_exact_decimal"),
        ("NaN", "not_an_exact_decimal"),
        ("n/a", "not_an_exact_decimal"),
        ("-", "not_an_exact_decimal"),
        ("1.1234567890123", "not_an_exact_decimal"),
        ("0", "min_exclusive"),
        ("-1.1", "min_exclusive"),
    ],
)
def test_day_with_a_cell_that_is_no_rate_is_broken_as_a_whole(cell: str, rule: str) -> None:
    line = f"2026-10-29,{cell},175.1,N/A,"

    file = parse_rates(history("2026-10-30,1.1172,175.68,N/A,", line))

    [broken] = file.broken
    assert (broken.row_number, broken.original_text, broken.broken_rules) == (2, line, [rule])
    assert cell in broken.details
    assert "USD" in broken.details
    assert file.rates["rate_date"].unique().to_list() == [dt.date(2026, 10, 30)]
    assert (file.rows_read, file.days.height) == (2, 1)


@pytest.mark.parametrize("day", ["30 October 2026", "2026-02-30", "", "20261030"])
def test_day_without_an_iso_date_is_broken(day: str) -> None:
    file = parse_rates(history(f"{day},1.1,2,3,"))

    assert [broken.broken_rules for broken in file.broken] == [["not_a_date"]]
    assert file.rates.is_empty()


def test_day_with_two_faults_names_both_rules() -> None:
    file = parse_rates(history("soon,1.1,x,0,"))

    assert sorted(file.broken[0].broken_rules) == [
        "min_exclusive",
        "not_a_date",
        "not_an_exact_decimal",
    ]


@pytest.mark.parametrize("line", ["2026-10-30,1.1", "2026-10-30,1.1,2,3,4,", "2026-10-30"])
def test_line_of_another_width_is_ragged(line: str) -> None:
    file = parse_rates(history(line))

    assert [broken.broken_rules for broken in file.broken] == [["ragged_row"]]


def test_day_twice_with_other_rates_quarantines_both_lines() -> None:
    file = parse_rates(
        history("2026-10-30,1.1,2,,", "2026-10-29,1.2,2,,", "2026-10-29,1.3,2,,", "")
    )

    assert [(day.row_number, day.broken_rules) for day in file.broken] == [
        (2, ["conflicting_version"]),
        (3, ["conflicting_version"]),
    ]
    assert file.rates["rate_date"].unique().to_list() == [dt.date(2026, 10, 30)]
    assert file.rows_duplicate == 0


def test_day_twice_with_the_same_rates_is_a_duplicate() -> None:
    file = parse_rates(history("2026-10-29,1.2,2,N/A,", "2026-10-29,1.20,2,,"))

    assert (file.rows_read, file.days.height, file.rows_duplicate, file.broken) == (2, 1, 1, [])
    assert file.rates.height == 2


def test_day_thrice_with_one_other_rate_quarantines_all_lines() -> None:
    file = parse_rates(history("2026-10-29,1,,,", "2026-10-29,1,,,", "2026-10-29,2,,,"))

    assert len(file.broken) == 3
    assert (file.rows_read, file.rows_duplicate) == (3, 0)


def test_day_twice_with_a_broken_line_loads_the_good_one() -> None:
    file = parse_rates(history("2026-10-29,x,,,", "2026-10-29,1.2,,,"))

    assert [day.row_number for day in file.broken] == [1]
    assert file.rates["rate"].to_list() == [Decimal("1.2")]


def test_day_without_any_rate_counts_as_read_and_good() -> None:
    file = parse_rates(history("2026-10-29,N/A,N/A,N/A,"))

    assert (file.rows_read, file.days.height, file.rates.height) == (1, 1, 0)


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_file_of_any_line_ends_with_a_byte_order_mark_is_read(ends: str) -> None:
    data = b"\xef\xbb\xbf" + ends.join(("Date,USD", "2026-10-30,1.1", "")).encode()

    assert parse_rates(data).rates["rate"].to_list() == [Decimal("1.1")]


def test_file_of_the_header_alone_has_no_days() -> None:
    file = parse_rates(history())

    assert (file.rows_read, file.rates.height, file.broken) == (0, 0, [])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "layout"),
        (b"Date, USD, JPY, \n30 October 2026, 1.1172, 175.68, \n", "layout"),
        (b"Date,USD,Yen,\n", "layout"),
        (b"Date,\n", "layout"),
        (b"date,USD,\n", "layout"),
        (b"Date,USD,JPY,USD,\n", "twice"),
        (b"Date,USD,\n2026-10-30,1\x001,\n", "NUL"),
        ("Date,USD,\n2026-10-30,1,\n".encode("utf-16"), "NUL"),
        (b"Date,USD,\n2026-10-30,\xe9,\n", "UTF-8"),
    ],
)
def test_file_of_another_form_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(RefusedFile, match=reason):
        parse_rates(data)


@pytest.mark.skipif(not HISTORY.exists(), reason="the shared data is not here")
def test_published_history_loads_every_day() -> None:
    file = parse_rates(HISTORY.read_bytes())

    assert (file.rows_read, file.days.height, file.broken) == (724, 724, [])


@pytest.mark.skipif(not DIRTY.exists(), reason="the shared data is not here")
@pytest.mark.parametrize(
    ("name", "quarantined"), [("day_twice_with_two_rates.csv", 2), ("rate_not_a_number.csv", 1)]
)
def test_hostile_history_quarantines_its_bad_days(name: str, quarantined: int) -> None:
    file = parse_rates(Path(DIRTY / name).read_bytes())

    assert len(file.broken) == quarantined
    assert file.days.height == file.rows_read - quarantined


@pytest.mark.skipif(not DIRTY.exists(), reason="the shared data is not here")
def test_daily_file_of_the_bank_is_refused() -> None:
    with pytest.raises(RefusedFile, match="layout"):
        parse_rates((DIRTY / "layout_of_the_daily_file_natural.csv").read_bytes())


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("2999-01-01,1.1,", "in_the_future"),
        ("2026-01-02,1.123456789,", "fraction_digits"),
        ("2026-01-02,10000000000,", "max"),
    ],
)
def test_rates_beyond_their_ranges_break_the_day(line: str, rule: str) -> None:
    """The ranges are those of the other rates. Regression: a day in the year 2999 was loaded."""
    parsed = parse_rates(f"Date,USD,\n{line}\n".encode())

    assert [day.broken_rules for day in parsed.broken] == [[rule]]


def test_rates_lines_of_separators_are_no_days() -> None:
    parsed = parse_rates(b"Date,USD,\n2026-01-02,1.1,\n,,\n , ,\n")

    assert (parsed.rows_read, parsed.broken) == (1, [])
