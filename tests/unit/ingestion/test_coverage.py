"""The coverage of data: gaps depend on the content of rows, not on their arrival."""

from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from linernotes.ingestion import coverage
from linernotes.ingestion.coverage import SUBJECTS, Coverage, Subject, coverages
from linernotes.ingestion.feeds import CONTRACTS, ECB
from linernotes.ingestion.lake import Lake
from linernotes.ingestion.lake_tables import SCHEMAS


class FakeLake(Lake):
    """A lake of one table in memory."""

    def __init__(self, table: str, rows: pl.DataFrame) -> None:
        self._table, self._rows = table, rows

    def read(self, table: str) -> pl.LazyFrame:
        return (self._rows if table == self._table else pl.DataFrame(schema=SCHEMAS[table])).lazy()


def lake_of(feed: str, *values: object, withdrawn: object = None) -> Lake:
    subject = SUBJECTS[feed]
    rows = pl.DataFrame(
        {
            subject.column: [*values, *([withdrawn] if withdrawn else [])],
            "is_withdrawn": [False] * len(values) + ([True] if withdrawn else []),
        }
    )
    return FakeLake(subject.table, rows)


def test_days_without_plays_are_missing_up_to_the_last_that_is_due() -> None:
    lake = lake_of(
        "ai_usage/derivative_plays",
        date(2026, 7, 1), date(2026, 7, 2), date(2026, 7, 5),
        withdrawn=date(2026, 7, 3),
    )  # fmt: skip

    [found] = coverages(lake, datetime(2026, 7, 9, 6))

    assert found.last_covered == date(2026, 7, 5)
    assert found.missing_text() == "2026-07-03 to 2026-07-04, 2026-07-06 to 2026-07-07"


def test_rates_are_not_missed_on_weekends() -> None:
    friday, monday = date(2026, 7, 3), date(2026, 7, 6)

    [found] = coverages(lake_of("finance/ecb", friday, monday), datetime(2026, 7, 10, 6))

    assert found.missing == []


def test_month_is_missing_once_it_is_over_and_due() -> None:
    lake = lake_of("finance/revenue", "2026-05")

    [before] = coverages(lake, datetime(2026, 7, 4, 6))
    [after] = coverages(lake, datetime(2026, 7, 6, 6))

    assert before.missing == []
    assert (after.missing_text(), after.last_covered_text) == ("2026-06", "2026-05")


def test_feed_without_data_has_no_coverage(tmp_path: Path) -> None:
    assert coverages(Lake(tmp_path / "lake"), datetime(2026, 7, 9)) == []


@pytest.mark.parametrize("feed", SUBJECTS)
def test_subject_of_a_feed_is_a_column_of_its_table(feed: str) -> None:
    subject: Subject = SUBJECTS[feed]

    assert subject.column in SCHEMAS[subject.table]
    assert feed == ECB or subject.table == CONTRACTS[feed].TABLE
    assert isinstance(Coverage(feed, subject.unit, date(2026, 1, 1), []).missing_text(), str)
    assert subject.lag_days < coverage.WINDOW_DAYS
