"""The coverage of each feed: its last day or month with data, and the gaps before it.

Only the content of deliveries counts, not their arrival: a sender whose files arrive each morning
with last week's plays is late.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

import polars as pl

from linernotes.ingestion.cadence import DUE_DAY
from linernotes.ingestion.lake import Lake

# The number of days before the last covered day in which gaps are searched.
WINDOW_DAYS = 62
Unit = Literal["day", "working day", "month"]


@dataclass(frozen=True)
class Subject:
    """The column of a feed that has its days or months, and how densely it must be filled.

    Attributes:
        lag_days: Days after which a day's data are due.
    """

    table: str
    column: str
    unit: Unit
    lag_days: int = 2


# Only feeds with data for every day or every month.
SUBJECTS: dict[str, Subject] = {
    "ai_usage/derivative_plays": Subject("raw_ai_usage__derivative_plays", "play_date", "day"),
    "ai_usage/generations": Subject("raw_ai_usage__generations", "occurred_at", "day"),
    "finance/ecb": Subject("raw_finance__ecb_rates", "rate_date", "working day", 4),
    "ai_usage/fan_signals": Subject("raw_ai_usage__fan_signals", "month", "month", DUE_DAY),
    "finance/revenue": Subject("raw_finance__revenue", "usage_month", "month", DUE_DAY),
}


@dataclass(frozen=True)
class Coverage:
    """The coverage of a feed.

    Attributes:
        feed: `<source>/<feed>`.
        unit: What is counted: days, working days or months.
        last_covered: The last of them with data.
        missing: Those without data, up to the last that should be there, the oldest first.
    """

    feed: str
    unit: Unit
    last_covered: date
    missing: list[date]

    @property
    def last_covered_text(self) -> str:
        """The last covered day or month as it is written."""
        return f"{self.last_covered:%Y-%m}" if self.unit == "month" else f"{self.last_covered}"

    def missing_text(self) -> str:
        """The gaps in words, such as `2026-07-02 to 2026-07-04, 2026-07-09`."""
        form = "%Y-%m" if self.unit == "month" else "%Y-%m-%d"
        spans = []
        for first, last in _runs(self.missing, self.unit):
            spans.append(f"{first:{form}}" + (f" to {last:{form}}" if last != first else ""))
        return ", ".join(spans)


def coverages(lake: Lake, at: datetime) -> list[Coverage]:
    """The coverage of every feed that has data for each day or month.

    Args:
        lake: The lake.
        at: The present, naive UTC.
    """
    found = []
    for feed, subject in SUBJECTS.items():
        covered = _covered(lake, subject)
        if not covered:
            continue
        last = max(covered)
        first = max(min(covered), last - timedelta(days=WINDOW_DAYS))
        due = (at - timedelta(days=subject.lag_days)).date()
        expected = _expected(first, due, subject.unit)
        found.append(
            Coverage(feed, subject.unit, last, [one for one in expected if one not in covered])
        )
    return found


def _covered(lake: Lake, subject: Subject) -> set[date]:
    """The days, or first days of months, of valid rows."""
    column = pl.col(subject.column)
    if subject.unit == "month":
        column = (column + "-01").str.to_date("%Y-%m-%d")
    elif subject.column.endswith("_at"):
        column = column.dt.date()
    days = (
        lake.read(subject.table)
        .filter(~pl.col("is_withdrawn"))
        .select(day=column)
        .unique()
        .collect()["day"]
    )
    return {day for day in days if day is not None}


def _expected(first: date, due: date, unit: Unit) -> list[date]:
    if unit == "month":
        # A month is due once it is over.
        months, month = [], first.replace(day=1)
        while (after := (month + timedelta(days=31)).replace(day=1)) <= due:
            months.append(month)
            month = after
        return months
    days = [first + timedelta(days=number) for number in range((due - first).days + 1)]
    return [day for day in days if unit == "day" or day.weekday() < 5]


def _runs(days: list[date], unit: Unit) -> list[tuple[date, date]]:
    """Days that follow each other, as first and last."""
    step = {"day": 1, "working day": 3, "month": 31}[unit]
    runs: list[tuple[date, date]] = []
    for day in days:
        if runs and (day - runs[-1][1]).days <= step:
            runs[-1] = runs[-1][0], day
        else:
            runs.append((day, day))
    return runs
