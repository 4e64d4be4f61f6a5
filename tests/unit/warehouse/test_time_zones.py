"""The starts of months in time zones, by the pinned rules."""

from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from linernotes.warehouse.time_zones import (
    FIRST_YEAR,
    LARGEST_OFFSET_HOURS,
    LAST_YEAR,
    month_starts_file,
)


@pytest.fixture(scope="module")
def month_starts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return month_starts_file(tmp_path_factory.mktemp("time_zones"))


@pytest.mark.parametrize(
    ("zone", "month", "starts_at", "next_starts_at"),
    [
        # Summer time starts on 8 March: five hours behind UTC before, four after.
        ("America/New_York", date(2026, 3, 1), datetime(2026, 3, 1, 5), datetime(2026, 4, 1, 4)),
        ("Asia/Kathmandu", date(2026, 3, 1), datetime(2026, 2, 28, 18, 15), None),
        # Morocco ended its hour ahead of UTC on 20 September 2026.
        ("Africa/Casablanca", date(2026, 9, 1), datetime(2026, 8, 31, 23), datetime(2026, 10, 1)),
        ("Pacific/Apia", date(LAST_YEAR, 12, 1), datetime(LAST_YEAR, 11, 30, 11), None),
    ],
)
def test_month_begins_and_ends_by_the_clocks_of_its_zone(
    month_starts: Path, zone: str, month: date, starts_at: datetime, next_starts_at: datetime | None
) -> None:
    with duckdb.connect() as connection:
        [found] = connection.execute(
            f"select starts_at, next_starts_at from '{month_starts}' where time_zone = ? "
            "and month = ?",
            [zone, month],
        ).fetchall()

    assert found[0] == starts_at
    assert next_starts_at is None or found[1] == next_starts_at


def test_every_month_ends_where_the_next_begins(month_starts: Path) -> None:
    with duckdb.connect() as connection:
        found = connection.execute(
            f"""
            select time_zone, count(*), count(*) filter (where next_starts_at <> following)
            from (
                select *, lead(starts_at) over (partition by time_zone order by month) as following
                from '{month_starts}'
            )
            group by time_zone
            """
        ).fetchall()

    assert len(found) > 200
    assert {row[1:] for row in found} == {(12 * (LAST_YEAR - FIRST_YEAR + 1), 0)}


def test_no_month_begins_further_from_its_start_in_utc_than_the_largest_offset(
    month_starts: Path,
) -> None:
    with duckdb.connect() as connection:
        [(earliest, latest)] = connection.execute(
            "select min(date_diff('minute', month, starts_at)), "
            f"max(date_diff('minute', month, starts_at)) from '{month_starts}'"
        ).fetchall()

    assert earliest == -LARGEST_OFFSET_HOURS * 60
    assert 0 < latest < LARGEST_OFFSET_HOURS * 60
