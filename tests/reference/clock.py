"""Instants, days and months, and what was known of a feed at a freeze.

Nothing here knows what a row means.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")
Row = Mapping[str, Any]

LONG_AGO = datetime(1, 1, 1)
FOREVER = datetime(9999, 12, 31)
DAY = timedelta(days=1)


@lru_cache(maxsize=500_000)
def _read_instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def instant(value: object) -> datetime | None:
    """An instant as naive UTC; a date is its first instant, nothing is None."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, date):
        return datetime.combine(value, time())
    return _read_instant(str(value))


def since(value: object) -> datetime:
    """The start of an interval; absent is ever."""
    return instant(value) or LONG_AGO


def until(value: object) -> datetime:
    """The end of an interval, exclusive; absent is never."""
    return instant(value) or FOREVER


@lru_cache(maxsize=20_000)
def _read_day(text: str) -> date:
    return date.fromisoformat(text[:10])


def day(value: object) -> date:
    """A whole day."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return _read_day(str(value))


def month_of(value: object) -> str:
    """`YYYY-MM` of a month as text or of any of its days."""
    return f"{value:%Y-%m}" if isinstance(value, date) else str(value)[:7]


def add_months(month: str, count: int) -> str:
    year, number = divmod(int(month[:4]) * 12 + int(month[5:7]) - 1 + count, 12)
    return f"{year:04d}-{number + 1:02d}"


def months_between(first: str, last: str) -> list[str]:
    """All months from first to last, both included."""
    months = []
    while first <= last:
        months.append(first)
        first = add_months(first, 1)
    return months


def first_day(month: str) -> date:
    return date(int(month[:4]), int(month[5:7]), 1)


def last_day(month: str) -> date:
    return first_day(add_months(month, 1)) - DAY


def midnight(of: date) -> datetime:
    return datetime.combine(of, time())


def month_start(month: str) -> datetime:
    return midnight(first_day(month))


def month_end(month: str) -> datetime:
    """The first instant after the month, UTC."""
    return month_start(add_months(month, 1))


def payment_day(report_month: str) -> date:
    return first_day(add_months(report_month, 1)).replace(day=25)


@lru_cache(maxsize=500)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def local_month(moment: datetime, zone: str) -> str:
    """The month of an instant on the clocks of a time zone."""
    return f"{moment.replace(tzinfo=UTC).astimezone(_zone(zone)):%Y-%m}"


def berlin(of: date, hour: int) -> datetime:
    """An hour of a day on Berlin's clocks, as naive UTC."""
    local = datetime.combine(of, time(hour), tzinfo=_zone("Europe/Berlin"))
    return local.astimezone(UTC).replace(tzinfo=None)


class Versions(Generic[Key, Item]):
    """Every version of a feed's rows by key; a withdrawn version is None."""

    def __init__(self) -> None:
        self.of: dict[Key, list[tuple[datetime, Item | None]]] = {}
        self._known: dict[datetime, dict[Key, Item]] = {}

    def add(self, key: Key, recorded_at: datetime, item: Item | None) -> None:
        self.of.setdefault(key, []).append((recorded_at, item))

    def sort(self) -> None:
        for versions in self.of.values():
            if len(versions) > 1:
                versions.sort(key=lambda version: version[0])

    def latest(self, key: Key, known_at: datetime) -> Item | None:
        """The version of one key at a freeze."""
        for recorded_at, item in reversed(self.of.get(key, ())):
            if recorded_at <= known_at:
                return item
        return None

    def known(self, known_at: datetime) -> dict[Key, Item]:
        """The newest version of every key that was recorded by then and not taken back."""
        if known_at not in self._known:
            found: dict[Key, Item] = {}
            for key, versions in self.of.items():
                for recorded_at, item in reversed(versions):
                    if recorded_at <= known_at:
                        if item is not None:
                            found[key] = item
                        break
            self._known[known_at] = found
        return self._known[known_at]

    def forget(self, keep: Iterable[datetime]) -> None:
        """Drops what is remembered of other freezes."""
        wanted = set(keep)
        self._known = {freeze: rows for freeze, rows in self._known.items() if freeze in wanted}


def is_true(value: object) -> bool:
    return value is True or str(value).lower() in {"true", "yes"}


def versions_of(
    rows: Iterable[Row],
    key: Callable[[Row], Key],
    item: Callable[[Row], Item],
    recorded: Callable[[Row], datetime] | None = None,
) -> Versions[Key, Item]:
    """Reads a feed: its rows by key, each version as what `item` makes of it."""
    table: Versions[Key, Item] = Versions()
    for row in rows:
        moment = recorded(row) if recorded else since(row["recorded_at"])
        table.add(key(row), moment, None if is_true(row.get("is_withdrawn")) else item(row))
    table.sort()
    return table
