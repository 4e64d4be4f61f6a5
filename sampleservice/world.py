"""The parameters of the sample world: size per feed, months, territories and currencies.

The other modules draw its data.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from linernotes.base.errors import LinernotesError

FIRST_MONTH = date(2026, 1, 1)
MOST_MONTHS = 9
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
FOREVER = 1 << 62
SEASON = (0.96, 0.93, 1.0, 0.99, 1.01, 1.04, 1.05, 1.02, 1.0)
WEEKDAY = (0.94, 0.93, 0.95, 0.98, 1.1, 1.13, 0.97)

# Feeds whose number of rows may be set separately, and the source with their default scale.
SCALABLE = (
    "catalog",
    "licensing/consents",
    "ai_usage/generations",
    "ai_usage/derivative_plays",
    "ai_usage/training_inclusions",
    "ai_usage/fan_signals",
    "removals",
    "finance/revenue",
)
FOLLOWS = {
    "ai_usage/derivatives": "ai_usage/generations",
    "ai_usage/attributions": "ai_usage/generations",
    "catalog/credits": "ai_usage/generations",
    "removals/notices": "removals",
    "removals/appeals": "removals",
}
SAME_AS = {"removals/actions": "removals", "catalog/recordings": "catalog"}


class SampleError(LinernotesError):
    """The sample cannot be written as requested; the text has the reason."""


@dataclass(frozen=True)
class Territory:
    """A market: its share of listening, hours from UTC, add-on price, indirect tax in per cent."""

    code: str
    currency: str
    weight: float
    utc_hours: int
    price: str
    tax_percent: int


TERRITORIES = (
    Territory("US", "USD", 26.0, -5, "4.99", 0),
    Territory("GB", "GBP", 8.0, 0, "4.49", 20),
    Territory("DE", "EUR", 8.5, 1, "4.99", 19),
    Territory("FR", "EUR", 6.0, 1, "4.99", 20),
    Territory("SE", "SEK", 2.6, 1, "55.00", 25),
    Territory("NL", "EUR", 2.8, 1, "4.99", 21),
    Territory("ES", "EUR", 3.2, 1, "4.49", 21),
    Territory("IT", "EUR", 3.2, 1, "4.49", 22),
    Territory("PL", "PLN", 2.0, 1, "15.99", 23),
    Territory("BR", "BRL", 7.0, -3, "9.90", 12),
    Territory("MX", "MXN", 5.6, -6, "49.00", 16),
    Territory("AR", "ARS", 1.4, -3, "2499.00", 21),
    Territory("CL", "CLP", 1.4, -4, "1990", 19),
    Territory("CO", "COP", 1.4, -5, "7900.00", 19),
    Territory("IN", "INR", 5.0, 5, "59.00", 18),
    Territory("ID", "IDR", 2.6, 7, "24900.00", 11),
    Territory("PH", "PHP", 1.8, 8, "89.00", 12),
    Territory("JP", "JPY", 4.4, 9, "580", 10),
    Territory("KR", "KRW", 2.4, 9, "5900", 10),
    Territory("AU", "AUD", 2.6, 10, "6.99", 10),
    Territory("CA", "CAD", 2.8, -5, "5.99", 5),
    Territory("ZA", "ZAR", 0.9, 2, "39.99", 15),
    Territory("NG", "NGN", 0.9, 1, "990.00", 8),
    Territory("TR", "TRY", 1.3, 3, "49.99", 20),
    Territory("AE", "AED", 0.8, 4, "18.99", 5),
)
SMALL_WORLD = ("US", "GB", "DE", "FR", "JP", "BR", "CL", "NG")
WITHOUT_DECIMALS = frozenset({"JPY", "KRW", "CLP"})
TIERS = ("paid_addon", "free_allowance", "ad_supported")
TIER_WEIGHTS = (0.66, 0.10, 0.24)


@dataclass(frozen=True)
class Month:
    """A usage month; `start` and `end` are its first instant and the next month's, in UTC."""

    number: int
    first: date
    next_first: date

    @property
    def label(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def start(self) -> int:
        return micros(self.first)

    @property
    def end(self) -> int:
        return micros(self.next_first)

    @property
    def days(self) -> int:
        return (self.next_first - self.first).days


@dataclass(frozen=True)
class World:
    """The requested options, converted into sizes."""

    seed: int
    months: tuple[Month, ...]
    territories: tuple[Territory, ...]
    scales: Mapping[str, Decimal]

    @property
    def start(self) -> int:
        return self.months[0].start

    @property
    def end(self) -> int:
        return self.months[-1].end

    @property
    def last_knowledge(self) -> int:
        """When the last late row arrives: before the middle of the month after the last one."""
        return self.end + 19 * DAY

    def month(self, number: int) -> Month | None:
        """The month of a number, from 1; None after the end of the world."""
        return self.months[number - 1] if number <= len(self.months) else None

    def at(self, number: int, day: int, hour: int = 12, minute: int = 0, second: int = 0) -> int:
        """An instant in a month by number, which may be after the last."""
        year, month = divmod(FIRST_MONTH.month - 1 + number - 1, 12)
        return micros(
            datetime(FIRST_MONTH.year + year, month + 1, day, hour, minute, second, tzinfo=UTC)
        )

    def size(self, feed: str, at_scale_one: float, least: int = 0) -> int:
        """The number of rows (or objects) of a feed at its scale."""
        return max(least, int(Decimal(repr(at_scale_one)) * self.scales[feed] + Decimal("0.5")))


def micros(moment: date | datetime) -> int:
    """Microseconds since 1970, UTC."""
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def plan_world(
    scale: Decimal | float,
    feed_scales: Mapping[str, Decimal | float] | None,
    seed: int,
    months: int,
) -> World:
    """Compute the sizes of every feed.

    A feed's scale is absolute: `removals=5` gives five times the removals of scale 1, whatever the
    general scale. A source's name sets all its feeds, a feed's name only that feed. Feeds that
    only describe the rows of another follow it and cannot be set.

    Raises:
        SampleError: A scale, the number of months or a feed's name is invalid.
    """
    if not 1 <= months <= MOST_MONTHS:
        raise SampleError(f"months is {months}: give 1 to {MOST_MONTHS}, counted from January 2026")
    general = _positive("scale", scale)
    scales = dict.fromkeys(SCALABLE, general)
    wanted = {SAME_AS.get(name, name): value for name, value in (feed_scales or {}).items()}
    for name, value in sorted(wanted.items(), key=lambda item: "/" in item[0]):
        if name in FOLLOWS:
            raise SampleError(f"{name} follows {FOLLOWS[name]}: set the scale of that one")
        touched = [feed for feed in SCALABLE if feed == name or feed.startswith(name + "/")]
        if not touched:
            known = ", ".join(sorted({*SCALABLE, *(feed.split("/")[0] for feed in SCALABLE)}))
            raise SampleError(f"no feed scale is called {name}: there are {known}")
        scales.update(dict.fromkeys(touched, _positive(name, value)))
    territories = tuple(
        territory
        for territory in TERRITORIES
        if general >= Decimal("0.1") or territory.code in SMALL_WORLD
    )
    # A day has at most one row per derivative, territory and tier, so many rows need many
    # derivatives: enough that they fill a third of the places; at the default length and
    # territories, a thirteenth.
    places = len(territories) * len(TIERS) * (months + 1)
    needed = scales["ai_usage/derivative_plays"] * 40 / places
    scales["ai_usage/generations"] = max(scales["ai_usage/generations"], needed)
    return World(seed, tuple(_months(months)), territories, scales)


def _positive(name: str, value: Decimal | float) -> Decimal:
    number = Decimal(str(value))
    if not number.is_finite() or number <= 0:
        raise SampleError(f"the scale of {name} is {value}: give a number over 0")
    return number


def _months(count: int) -> list[Month]:
    firsts = [FIRST_MONTH]
    while len(firsts) <= count:
        firsts.append((firsts[-1] + timedelta(days=32)).replace(day=1))
    return [Month(n + 1, firsts[n], firsts[n + 1]) for n in range(count)]
