"""Rounding, spreading and converting money, and the fee of a contract in a pool.

Whole numbers and fractions only; which weights there are is decided elsewhere.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from tests.reference import clock, seeds
from tests.reference.model import Terms, World

BILLION = 10**9
RATE_DAYS = 3
EURO = "EUR"
FREE_TIER = "free_allowance"


class MissingRate(Exception):
    """No rate on or before the day that is at most three days old."""


def half_up(value: Fraction | Decimal | int, digits: int = 0) -> int:
    """A value in units of its last digit, halves away from zero."""
    scaled = Fraction(value) * 10**digits
    rounded = (2 * abs(scaled.numerator) + scaled.denominator) // (2 * scaled.denominator)
    return rounded if scaled >= 0 else -rounded


def rounded(value: Fraction | Decimal, digits: int) -> Fraction:
    return Fraction(half_up(value, digits), 10**digits)


def spread(total: int, weights: Sequence[int], keys: Sequence[object]) -> list[int]:
    """Whole units by largest remainder, ties by key; a negative total mirrors the positive one."""
    whole = sum(weights)
    if whole <= 0:
        return [0] * len(weights)
    sign, total = (-1, -total) if total < 0 else (1, total)
    parts = [divmod(total * weight, whole) for weight in weights]
    units = [floor for floor, _ in parts]
    order = sorted(range(len(parts)), key=lambda place: (-parts[place][1], keys[place]))
    for place in order[: total - sum(units)]:
        units[place] += 1
    return [sign * unit for unit in units]


class Rates:
    """Exchange rates as known at a freeze: the ECB's, a provider's for what it never quotes."""

    def __init__(self, world: World, known_at: datetime) -> None:
        # While a rule's day lies ahead, the day of the freeze stands in for it.
        self.today = known_at.date()
        self.per_euro: dict[str, dict[date, Decimal]] = defaultdict(dict)
        for (rate_date, currency), rate in world.ecb.known(known_at).items():
            self.per_euro[currency][rate_date] = rate
        quoted = set(self.per_euro)
        provided = world.fx_rates.known(known_at)
        for rate_date, base, currency, provider in sorted(provided):
            if base == EURO and currency not in quoted:
                rate = provided[rate_date, base, currency, provider]
                self.per_euro[currency].setdefault(rate_date, rate)
        self.days = {currency: sorted(rates) for currency, rates in self.per_euro.items()}

    def of_euro(self, currency: str, day: date) -> Fraction:
        if currency == EURO:
            return Fraction(1)
        day = min(day, self.today)
        days = self.days.get(currency, [])
        place = bisect_right(days, day) - 1
        if place < 0 or (day - days[place]).days > RATE_DAYS:
            raise MissingRate(f"no rate of {currency} for {day}")
        return Fraction(self.per_euro[currency][days[place]])

    def rate(self, currency: str, into: str, day: date) -> Fraction:
        """How much of one currency one unit of another gives, to 10 decimals."""
        if currency == into:
            return Fraction(1)
        return rounded(self.of_euro(into, day) / self.of_euro(currency, day), 10)


def rate_day(terms: Terms, usage_month: str, report_month: str) -> date:
    if terms.fx_rule == "payment_date":
        return clock.payment_day(report_month)
    return clock.last_day(usage_month)


@dataclass(frozen=True)
class PoolMoney:
    """What a pool has to share: net revenue, subscribers, and the quantity of its uses."""

    currency: str
    net: Decimal
    subscribers: int
    quantity: int
    tier: str


def fee(pool: PoolMoney, terms: Terms, weight_nano: int, rates: Rates, day: date) -> int:
    """The fee of a contract version with some weight in a pool, in units of its currency."""
    weight = Fraction(abs(weight_nano), BILLION)
    part = weight / pool.quantity if pool.quantity else Fraction(0)
    is_unpaid = pool.tier == FREE_TIER and not terms.pays_free_uses

    def in_pool(amount: Decimal | None, of: Fraction) -> Fraction:
        if not amount or not of:
            return Fraction(0)
        return Fraction(amount) * of * rates.rate(terms.rate_currency, pool.currency, day)

    share = Fraction(terms.revenue_share or 0) * Fraction(pool.net) * part
    if terms.model == "per_use":
        due = in_pool(terms.rate, Fraction(0) if is_unpaid else weight)
    elif terms.model == "pro_rata":
        due = Fraction(0) if is_unpaid else share
    elif terms.model == "greater_of":
        arms = [Fraction(0)]
        if not is_unpaid or terms.minimum_of_free_uses:
            arms.append(in_pool(terms.per_use_minimum, weight))
        if not is_unpaid:
            arms += [share, in_pool(terms.per_subscriber_minimum, part * pool.subscribers)]
        due = max(arms)
    else:
        due = Fraction(0)
    due = rounded(due, 6)
    if not due:
        return 0
    rate = rates.rate(pool.currency, terms.currency, day)
    return half_up(due * rate, seeds.minor_digits(terms.currency))


def default_share(pool: PoolMoney, share: Decimal, weight_nano: int | None) -> int:
    """What a weight without a contract accrues, or a whole pool without uses."""
    due = Fraction(share) * Fraction(pool.net)
    if weight_nano is not None:
        due *= Fraction(abs(weight_nano), BILLION * pool.quantity) if pool.quantity else 0
    return half_up(rounded(due, 6), seeds.minor_digits(pool.currency))
