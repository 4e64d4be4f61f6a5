"""Values one usage month at given freezes: from uses to weights to rounded amounts.

What of it is posted when, and under which name, is decided by corrections and statements.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple, TypeVar, cast

from tests.reference import clock, seeds
from tests.reference.consent import PAID, Clause, Judge, Scope, Verdict
from tests.reference.model import Generation, Product, Revenue, Terms, World, line_key
from tests.reference.money import (
    PoolMoney,
    Rates,
    default_share,
    fee,
    half_up,
    rate_day,
    spread,
)
from tests.reference.rights import WHOLE, Catalogue, Licence, Rights, Share
from tests.reference.usage import (
    EXCLUDED,
    GenerationUse,
    PlayedDays,
    PlayGroups,
    Removals,
    Usage,
    generation_uses,
    played_days,
)
from tests.reference.weights import Attributions, Attributor, Sources

Thing = TypeVar("Thing")

SIDES = ("MASTER", "WORK")
TIMELY, LATE_PLUS, LATE_MINUS = "", "late+", "late-"


@dataclass(frozen=True)
class Freezes:
    """The freeze of each class of input, in the order in which they are moved."""

    usage: datetime
    fraud: datetime
    revenue: datetime
    attribution: datetime
    ownership: datetime
    consent: datetime
    terms: datetime

    @classmethod
    def all_at(cls, known_at: datetime) -> "Freezes":
        return cls(*[known_at] * 7)


class Entry(NamedTuple):
    """What makes two amounts of a usage month the same line."""

    usage_month: str
    territory: str
    product_id: str
    tier: str
    side: str
    contract_id: str
    contract_version: int | None
    object_id: str
    owner: str
    bucket: str
    status: str
    proof: str
    layer: str
    currency: str
    partner_id: str

    @property
    def line_key(self) -> str:
        return line_key(
            self.usage_month, self.territory, self.product_id, self.tier, self.side,
            self.contract_id, self.contract_version, self.object_id, self.owner, self.bucket,
            self.status, self.proof,
        )  # fmt: skip

    @property
    def pool(self) -> tuple[str, ...]:
        return self.usage_month, self.territory, self.product_id, self.tier, self.side


class Value(NamedTuple):
    quantity: int
    weight_nano: int
    units: int


Calculation = dict[Entry, Value]


class Books:
    """The world at its freezes; what was worked out once is kept while it may be asked again."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._kept: dict[tuple, object] = {}

    def forget(self, keep: set[datetime]) -> None:
        """Drops everything that rests on another freeze than these."""
        self._kept = {
            key: value
            for key, value in self._kept.items()
            if all(part in keep for part in key if isinstance(part, datetime))
        }
        for table in self.world.tables():
            table.forget(keep)

    def once(self, key: tuple, make: Callable[[], Thing]) -> Thing:
        if key not in self._kept:
            self._kept[key] = make()
        return cast(Thing, self._kept[key])

    def usage(self, known_at: datetime) -> Usage:
        return self.once(("usage", known_at), lambda: Usage(self.world, known_at))

    def catalogue(self, known_at: datetime) -> Catalogue:
        return self.once(("catalogue", known_at), lambda: Catalogue(self.world, known_at))

    def licence(self, known_at: datetime) -> Licence:
        return self.once(("licence", known_at), lambda: Licence(self.world, known_at))

    def removals(self, known_at: datetime) -> Removals:
        return self.once(("removals", known_at), lambda: Removals(self.world, known_at))

    def rates(self, known_at: datetime) -> Rates:
        return self.once(("rates", known_at), lambda: Rates(self.world, known_at))

    def rights(self, at: Freezes) -> Rights:
        return self.once(
            ("rights", at.ownership, at.terms),
            lambda: Rights(self.catalogue(at.ownership), self.licence(at.terms)),
        )

    def attributor(self, at: Freezes) -> Attributor:
        attributions = self.once(
            ("attributions", at.attribution), lambda: Attributions(self.world, at.attribution)
        )
        return self.once(
            ("attributor", at.usage, at.attribution, at.ownership, at.terms),
            lambda: Attributor(
                self.usage(at.usage),
                attributions,
                self.catalogue(at.ownership),
                self.licence(at.terms),
            ),
        )

    def judge(self, at: Freezes) -> Judge:
        """Daily limits count generations, so a judge rests on usage and attribution as well."""
        return self.once(
            ("judge", at.usage, at.attribution, at.ownership, at.consent, at.terms),
            lambda: Judge(
                self.world, self.catalogue(at.ownership), at.consent, self.attributor(at)
            ),
        )

    def played(
        self, month: str, usage: datetime, fraud: datetime, first_at: datetime | None
    ) -> PlayGroups:
        return self.once(
            ("played", month, usage, fraud, first_at),
            lambda: played_days(
                self.world,
                month,
                usage,
                fraud,
                first_at,
                self.usage(first_at) if first_at else None,
            ),
        )


IssuedAt = Callable[[str], datetime | None]


@dataclass
class Sum:
    quantity: int = 0
    weight: int = 0


PoolKey = tuple[str, str, str]


class MonthValuer:
    """Values a usage month.

    Args:
        books: The world at its freezes.
        month: The usage month.
        at: The freeze of each class of input.
        first_at: When the month was first issued by anybody; None if it was not.
        issued_at: When a contract issued the month's own statement.
        is_released: Whether a contract's late consents of the month are released, as known at a
            freeze.
        rates: Exchange rates.
        report_month: In which statement a contract's amounts are reported.
    """

    def __init__(
        self,
        books: Books,
        month: str,
        at: Freezes,
        first_at: datetime | None,
        issued_at: IssuedAt,
        is_released: Callable[[str, datetime], bool],
        rates: Rates,
        report_month: Callable[[str], str],
    ) -> None:
        self.books = books
        self.month = month
        self.at = at
        self.first_at = first_at
        self.issued_at = issued_at
        self.is_released = is_released
        self.rates = rates
        self.report_month = report_month
        self.usage = books.usage(at.usage)
        self.licence = books.licence(at.terms)
        self.rights = books.rights(at)
        self.catalogue = books.catalogue(at.ownership)
        self.attributor = books.attributor(at)
        self.judge = books.judge(at)
        self.removals = books.removals(at.fraud)
        self.timely: dict[PoolKey, int] = defaultdict(int)
        self.all_late: set[PoolKey] = set()
        self.sums: dict[tuple, Sum] = {}
        self.terms: dict[tuple[str, int], Terms] = {}

    def value(self) -> Calculation:
        """All amounts of the month, rounded."""
        made = list(self._generations())
        played = list(self._plays())
        late: dict[PoolKey, int] = defaultdict(int)
        for use, product in made:
            pool = (use.generation.territory, product.product_id, use.generation.tier)
            self.timely[pool] += use.timely
            late[pool] += use.late
        for _, territory, tier, days, _, product in played:
            pool = (territory, product.product_id, tier)
            timely, later = days.between(*self._days(product))
            self.timely[pool] += timely
            late[pool] += later
        for pool, quantity in late.items():
            if not self.timely[pool] and quantity > 0:
                self.all_late.add(pool)
                self.timely[pool] = quantity
        for use, _ in made:
            self._weigh_generation(use)
        for group in played:
            self._weigh_plays(*group)
        return self._amounts()

    def _days(self, product: Product) -> tuple[datetime, datetime]:
        """The days of the month from the product's launch on."""
        launch = clock.midnight(product.launched_at.date())
        end = clock.month_end(self.month)
        return min(max(clock.month_start(self.month), launch), end), end

    def _generations(self) -> Iterator[tuple[GenerationUse, Product]]:
        first = self.books.usage(self.first_at) if self.first_at else None
        for use in generation_uses(self.month, self.usage, first):
            product = self.licence.products.get(use.generation.product_id)
            if (
                product is not None
                and product.weight_basis == "generations"
                and use.generation.occurred_at >= product.launched_at
                and self.usage.derivative_of(use.generation) not in self.attributor.cyclic
            ):
                yield use, product

    def _plays(
        self,
    ) -> Iterator[tuple[str, str, str, PlayedDays, Generation, Product]]:
        groups = self.books.played(self.month, self.at.usage, self.at.fraud, self.first_at)
        for (derivative_id, territory, tier), days in groups.items():
            generation = self.usage.generation_of(derivative_id)
            product = self.licence.products.get(generation.product_id) if generation else None
            if (
                generation is not None
                and product is not None
                and product.weight_basis == "plays"
                and derivative_id not in self.attributor.cyclic
                and self.removals.state_of(derivative_id, territory) != EXCLUDED
            ):
                yield derivative_id, territory, tier, days, generation, product

    def _weigh_generation(self, use: GenerationUse) -> None:
        generation = use.generation
        pool = (generation.territory, generation.product_id, generation.tier)
        derivative_id = self.usage.derivative_of(generation)
        moment = generation.occurred_at
        for side in SIDES:
            sources = self.attributor.sources(derivative_id, generation, side)
            self._add_held(pool, side, sources, use.timely, use.late)
            for object_id, nano in sources.parts:
                if not self.catalogue.is_known(side, object_id):
                    self._add(
                        pool, side, None, object_id, "", "UNMATCHED", use.timely, use.late, nano
                    )
                    continue
                for share in self.rights.shares(object_id, side, *pool[:2]).at(moment):
                    scope = _scope(object_id, side, share, generation, generation.territory)
                    if share.terms is None:
                        self._add_share(pool, side, object_id, share, use.timely, use.late, nano)
                        continue
                    verdict = self.judge.judge_generation(
                        scope,
                        Clause.of(share.terms),
                        moment,
                        nano,
                        self.issued_at(share.terms.contract_id),
                        generation,
                    )
                    self._add_judged(
                        pool, side, object_id, share, use.timely, use.late, nano, verdict, ""
                    )

    def _weigh_plays(
        self,
        derivative_id: str,
        territory: str,
        tier: str,
        days: PlayedDays,
        generation: Generation,
        product: Product,
    ) -> None:
        pool = (territory, product.product_id, tier)
        start, end = self._days(product)
        timely, late = days.between(start, end)
        if not timely and not late:
            return
        removal = self.removals.state_of(derivative_id, territory)
        for side in SIDES:
            sources = self.attributor.sources(derivative_id, generation, side)
            self._add_held(pool, side, sources, timely, late)
            for object_id, nano in sources.parts:
                if not self.catalogue.is_known(side, object_id):
                    self._add(pool, side, None, object_id, "", "UNMATCHED", timely, late, nano)
                    continue
                stretches = self.rights.shares(object_id, side, *pool[:2])
                for first, after, shares in stretches.between(start, end):
                    for share in shares:
                        self._weigh_share(
                            pool, side, object_id, share, generation, nano, removal, days,
                            _day_from(first), _day_from(after),
                        )  # fmt: skip

    def _weigh_share(
        self,
        pool: PoolKey,
        side: str,
        object_id: str,
        share: Share,
        generation: Generation,
        nano: int,
        removal: str,
        days: PlayedDays,
        first: datetime,
        after: datetime,
    ) -> None:
        timely, late = days.between(first, after)
        if not timely and not late:
            return
        if share.terms is None:
            self._add_share(pool, side, object_id, share, timely, late, nano)
            return
        scope = _scope(object_id, side, share, generation, pool[0])
        made_in = self._made_in(scope, generation, share.terms)
        stretches = self.judge.judge_plays(
            scope,
            Clause.of(share.terms),
            generation,
            made_in,
            nano,
            self.issued_at(share.terms.contract_id),
            first,
            after,
        )
        for start, end, verdict in stretches:
            timely, late = days.between(start, end)
            if timely or late:
                self._add_judged(pool, side, object_id, share, timely, late, nano, verdict, removal)

    def _made_in(self, scope: Scope, generation: Generation, terms: Terms) -> tuple[Scope, Clause]:
        """A generation is judged where, and under the contract version by which, it was made.

        Where its owner had no share or no contract there, it is judged as its plays are.
        """
        owners = self.rights.catalogue.owners(scope.object_id, scope.side, generation.territory)
        there = owners.at(generation.occurred_at) or []
        if not any(share.owner == scope.owner for share in there):
            return scope, Clause.of(terms)
        made = self.rights.terms_of(
            scope.owner, scope.side, generation.territory, scope.product_id, generation.occurred_at
        )
        if made is None:
            return scope, Clause.of(terms)
        return scope._replace(territory=generation.territory), Clause.of(made)

    def _add_held(self, pool: PoolKey, side: str, sources: Sources, timely: int, late: int) -> None:
        if sources.held:
            self._add(pool, side, None, "", "", "UNATTRIBUTED", timely, late, sources.held)

    def _add_share(
        self,
        pool: PoolKey,
        side: str,
        object_id: str,
        share: Share,
        timely: int,
        late: int,
        nano: int,
    ) -> None:
        self._add(
            pool, side, None, object_id, share.owner, share.bucket, timely, late, nano, share.share
        )

    def _add_judged(
        self,
        pool: PoolKey,
        side: str,
        object_id: str,
        share: Share,
        timely: int,
        late: int,
        nano: int,
        verdict: Verdict,
        removal: str,
    ) -> None:
        """Adds a use under a contract: held by a removal, else by consent, else payable."""
        terms = share.terms
        if terms is None:
            return
        is_released = verdict.status == "late_consent" and self.is_released(
            terms.contract_id, self.at.consent
        )
        is_paid = verdict.status in PAID or is_released
        bucket = removal or ("" if is_paid else "CONSENT")
        proof = verdict.proof if is_paid else ""
        if terms.late_usage == "none" and pool not in self.all_late:
            late = min(late, 0)
        self._add(
            pool, side, terms, object_id, share.owner, bucket, timely, late, nano, share.share,
            verdict.status, proof,
        )  # fmt: skip

    def _add(
        self,
        pool: PoolKey,
        side: str,
        terms: Terms | None,
        object_id: str,
        owner: str,
        bucket: str,
        timely: int,
        late: int,
        nano: int,
        share: int = WHOLE,
        status: str = "",
        proof: str = "",
    ) -> None:
        contract, version, partner = "", None, ""
        if terms:
            contract, version, partner = terms.contract_id, terms.version, terms.partner_id
            self.terms[contract, terms.version] = terms
        if pool in self.all_late:
            timely, late = timely + late, 0
        layer = LATE_PLUS if late > 0 else LATE_MINUS
        for name, quantity in ((TIMELY, timely), (layer, late)):
            if not quantity:
                continue
            key = (
                pool, side, contract, version, object_id, owner, bucket, status, proof, name,
                partner,
            )  # fmt: skip
            total = self.sums.get(key)
            if total is None:
                total = self.sums[key] = Sum()
            total.quantity += quantity
            total.weight += quantity * nano * share

    def _revenue(self) -> dict[PoolKey, Revenue]:
        known = self.books.world.revenue.known(self.at.revenue)
        return {
            (territory, product_id, tier): row
            for (month, territory, product_id, tier), row in known.items()
            if month == self.month
        }

    def _money(self, pool: PoolKey, row: Revenue | None) -> PoolMoney:
        currency = row.currency if row else seeds.currency_of(pool[0])
        net = max(row.net, Decimal(0)) if row else Decimal(0)
        subscribers = row.subscribers if row else 0
        return PoolMoney(currency, net, subscribers, self.timely.get(pool, 0), pool[2])

    def pool_currency(self, pool: tuple[str, ...]) -> str:
        """The currency of a pool: month, territory, product, tier and side."""
        _, territory, product_id, tier, _ = pool
        key = (territory, product_id, tier)
        return self._money(key, self._revenue().get(key)).currency

    def in_pool_currency(self, units: int, terms: Terms | None, currency: str) -> int:
        """Units of a contract's payout currency as units of the pool's; None is no contract."""
        if terms is None or terms.currency == currency:
            return units
        day = rate_day(terms, self.month, self.report_month(terms.contract_id))
        rate = self.rates.rate(currency, terms.currency, day)
        amount = Fraction(units, 10 ** seeds.minor_digits(terms.currency)) / rate
        return half_up(amount, seeds.minor_digits(currency))

    def _amounts(self) -> Calculation:
        revenue = self._revenue()
        groups: dict[tuple, dict[Entry, tuple[int, int]]] = defaultdict(dict)
        money = {pool: self._money(pool, revenue.get(pool)) for pool in {*revenue, *self.timely}}
        for key, total in self.sums.items():
            pool, side, contract, version, object_id, owner, bucket, status, proof, layer, by = key
            currency = self.terms[contract, version].currency if contract else money[pool].currency
            entry = Entry(
                self.month, *pool, side, contract, version, object_id, owner, bucket, status, proof,
                layer, currency, by,
            )  # fmt: skip
            weight_nano = _from_shares(total.weight)
            group = (pool, side, contract, version, layer, "" if contract else bucket)
            groups[group][entry] = (total.quantity, weight_nano)
        calculation: Calculation = {}
        for group, entries in groups.items():
            calculation.update(self._spread_group(group, entries, money))
        for pool in revenue:
            product = self.licence.products.get(pool[1])
            if product is None or self.timely.get(pool, 0):
                continue
            for side in SIDES:
                units = default_share(money[pool], product.default_share[side], None)
                entry = Entry(
                    self.month, *pool, side, "", None, "", "", "NO_USAGE", "", "", TIMELY,
                    money[pool].currency, "",
                )  # fmt: skip
                calculation[entry] = Value(0, 0, units)
        return calculation

    def _spread_group(
        self,
        group: tuple,
        entries: dict[Entry, tuple[int, int]],
        money: dict[PoolKey, PoolMoney],
    ) -> Calculation:
        pool, side, contract, version, layer, _ = group
        weights = [abs(weight_nano) for _, weight_nano in entries.values()]
        if contract:
            terms = self.terms[contract, version]
            day = rate_day(terms, self.month, self.report_month(contract))
            total = fee(money[pool], terms, sum(weights), self.rates, day)
        else:
            product = self.licence.products[pool[1]]
            total = default_share(money[pool], product.default_share[side], sum(weights))
        if layer == LATE_MINUS:
            total = -total
        units = spread(total, weights, [entry.line_key for entry in entries])
        return {
            entry: Value(*entries[entry], unit) for entry, unit in zip(entries, units, strict=True)
        }


def _scope(
    object_id: str, side: str, share: Share, generation: Generation, territory: str
) -> Scope:
    return Scope(
        object_id,
        side,
        share.owner,
        share.owner_since,
        territory,
        generation.product_id,
        generation.use_type,
        generation.model_version,
    )


def _day_from(moment: datetime) -> datetime:
    start = clock.midnight(moment.date())
    return start if start == moment else start + clock.DAY


def _from_shares(weight: int) -> int:
    """Nano-uses from quantity x billionths x share, half-up."""
    rounded = (2 * abs(weight) + WHOLE) // (2 * WHOLE)
    return rounded if weight >= 0 else -rounded
