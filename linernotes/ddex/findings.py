"""Shared parts of the checks of a DSR file: collecting problems, and parsing the text of cells.

`records` defines the cells; the check of each profile defines what must agree in it.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Protocol

from linernotes.base.money import minor_unit_digits
from linernotes.base.problems import Problem

# A fault in a column is usually in every row: only this many are reported per rule.
MOST_PER_RULE = 20
ZERO = Decimal(0)
DAY = re.compile(r"(?P<year>\d{4})(-(?P<month>\d\d)(-(?P<day>\d\d))?)?")

Row = dict[str, str]


@dataclass
class Findings:
    """Collects problems, up to a maximum per rule."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def report(self, rule: str, details: str) -> None:
        self.counts[rule] = self.counts.get(rule, 0) + 1
        if self.counts[rule] <= MOST_PER_RULE:
            self.problems.append(Problem(self.file, rule, details))


class ContentCheck(Protocol):
    """Processes the records of one profile after the header, in the order of the file."""

    def take(self, number: int, row: Row) -> None:
        """Checks one record; records whose cells cannot be identified are never passed."""

    def finish(self) -> None:
        """Reports the problems that only the whole file shows."""


@lru_cache(maxsize=1024)
def day_of(value: str, *, is_end: bool = False) -> date | None:
    """The first or the last day of the period `YYYY`, `YYYY-MM` or `YYYY-MM-DD`."""
    found = DAY.fullmatch(value)
    if not found:
        return None
    year, month, day = (int(found[part] or 0) for part in ("year", "month", "day"))
    try:
        if day:
            return date(year, month, day)
        if not is_end:
            return date(year, month or 1, 1)
        month = month or 12
        first_of_next = date(year + month // 12, month % 12 + 1, 1)
        return date.fromordinal(first_of_next.toordinal() - 1)
    except ValueError:
        return None


def both(name: str) -> tuple[str, str]:
    return f"{name}InCurrencyOfTransaction", f"{name}InCurrencyOfAccounting"


def number_of(text: str) -> Decimal:
    """A cell as a number; one that is not a number was reported when the cell was read."""
    try:
        return Decimal(text or 0)
    except InvalidOperation:
        return ZERO


def values_of(text: str) -> list[Decimal]:
    return [number_of(value) for value in text.split("|")] if text else []


def check_minor_unit(found: Findings, place: str, name: str, text: str, currency: str) -> None:
    if len(text.partition(".")[2]) > minor_unit_digits(currency):
        details = f"{place}: {name} {text} has more decimals than {currency}"
        found.report("amount_is_in_minor_units", details)


def check_parallel(found: Findings, place: str, row: Row, first: str, *others: str) -> None:
    """Checks that cells have equally many values; amounts without a type are one amount."""
    count = len(row[first].split("|")) if row[first] else None
    for name in others:
        amounts = len(row[name].split("|")) if row[name] else 0
        if amounts != (count or 0) and not (count is None and amounts == 1):
            details = f"{place}: {name} has {amounts}, {first} {count or 0}"
            found.report("parallel_cells_have_as_many_values", details)
