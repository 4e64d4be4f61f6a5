"""Which sources a use draws on and how much of each, in whole billionths.

Owners, plays and money come later.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from tests.reference.model import Attribution, Generation, Product, World
from tests.reference.money import BILLION, spread
from tests.reference.rights import Catalogue, Licence
from tests.reference.usage import Usage

TOLERANCE = Fraction(1, 10**6)
SERVICE = "service"


class Exact(NamedTuple):
    """Sources with exact weights; what is open by itself, and what is held whatever the rule."""

    parts: dict[str, Fraction]
    gap: Fraction
    held: Fraction


HELD = Exact({}, Fraction(0), Fraction(1))


@dataclass(frozen=True, slots=True)
class Sources:
    """Billionths by source; `held` waits as unattributed, `service` is nobody's."""

    parts: tuple[tuple[str, int], ...]
    held: int
    service: int


class Attributions:
    """The newest attribution of every derivative and side at a freeze."""

    def __init__(self, world: World, known_at: datetime) -> None:
        every: dict[tuple[str, str], list[Attribution]] = defaultdict(list)
        for (derivative_id, side, *_), row in world.attributions.known(known_at).items():
            every[derivative_id, side].append(row)
        self.newest: dict[tuple[str, str], dict[str, Decimal]] = {}
        for key, rows in every.items():
            version = max((row.recorded_at, row.version) for row in rows)[1]
            self.newest[key] = {row.source_id: row.weight for row in rows if row.version == version}


class Attributor:
    """Works out the sources of uses from what four kinds of input say at their freezes."""

    def __init__(
        self, usage: Usage, attributions: Attributions, catalogue: Catalogue, licence: Licence
    ) -> None:
        self.usage = usage
        self.newest = attributions.newest
        self.catalogue = catalogue
        self.licence = licence
        self.cyclic = self._find_cycles()
        self._exact: dict[tuple[str, str], Exact] = {}
        self._sources: dict[tuple[str, str, str], Sources] = {}
        self._days: dict[date, dict[tuple[str, str], list[Generation]]] = {}
        self._by_day: dict[date, list[Generation]] = {}

    def _find_cycles(self) -> set[str]:
        """All derivatives from which a way of parents leads back to themselves."""
        parents: dict[str, set[str]] = defaultdict(set)
        for derivative in self.usage.derivatives.values():
            if derivative.parent_id in self.usage.derivatives:
                parents[derivative.derivative_id].add(derivative.parent_id)
        for (derivative_id, _), weights in self.newest.items():
            parents[derivative_id] |= {one for one in weights if one in self.usage.derivatives}

        def leads_back(start: str) -> bool:
            seen, level = set(), {start}
            while level:
                level = {parent for one in level for parent in parents.get(one, ())} - seen
                if start in level:
                    return True
                seen |= level
            return False

        return {one for one, above in list(parents.items()) if above and leads_back(one)}

    def sources(self, derivative_id: str, generation: Generation, side: str) -> Sources:
        """The sources of a generation, or of the plays of what it made."""
        key = (derivative_id, generation.generation_id, side)
        if key not in self._sources:
            product = self.licence.products[generation.product_id]
            exact = self._of(derivative_id, generation, side)
            self._sources[key] = _in_billionths(exact, product)
        return self._sources[key]

    def _of(self, derivative_id: str, generation: Generation | None, side: str) -> Exact:
        rows = self.newest.get((derivative_id, side)) if derivative_id else None
        if rows is None:
            return self._fallback(generation, side)
        key = (derivative_id, side)
        if key not in self._exact:
            self._exact[key] = self._from_rows(rows, side)
        return self._exact[key]

    def _from_rows(self, rows: dict[str, Decimal], side: str) -> Exact:
        weights = {source: Fraction(weight) for source, weight in rows.items() if weight}
        total = sum(weights.values(), Fraction(0))
        if total > 1 + TOLERANCE:
            return HELD
        if total >= 1 - TOLERANCE:
            weights = {source: weight / total for source, weight in weights.items()}
            total = Fraction(1)
        weights, gap = _rounded(weights, 1 - total)
        parts: dict[str, Fraction] = defaultdict(Fraction)
        held = Fraction(0)
        for source, weight in weights.items():
            if source not in self.usage.derivatives:
                parts[source] += weight
            elif source in self.cyclic:
                held += weight
            else:
                above = self._of(source, self.usage.generation_of(source), side)
                for root, part in above.parts.items():
                    parts[root] += weight * part
                gap += weight * above.gap
                held += weight * above.held
        return Exact(dict(parts), gap, held)

    def _fallback(self, generation: Generation | None, side: str) -> Exact:
        """What a use without attribution draws on: what was asked for, or nobody knows."""
        product = self.licence.products.get(generation.product_id) if generation else None
        if generation is None or product is None or product.attribution_fallback == "hold":
            return HELD
        requested = sorted(set(generation.sources))
        if not requested:
            return HELD
        parts: dict[str, Fraction] = defaultdict(Fraction)
        gap = Fraction(0)
        each = Fraction(1, len(requested))
        for recording in requested:
            shares: dict[str, Fraction] = defaultdict(Fraction)
            if side == "WORK":
                for link in self.catalogue.works_of.get(recording, ()):
                    if link.valid_from <= generation.occurred_at < link.valid_to:
                        shares[link.work_id] += Fraction(link.share)
            whole = sum(shares.values())
            if not whole:
                parts[recording] += each
                continue
            if whole < 1 - TOLERANCE:
                gap += each * (1 - whole)
                whole = Fraction(1)
            for work, share in shares.items():
                parts[work] += each * share / whole
        rounded, gap = _rounded(dict(parts), gap)
        return Exact(rounded, gap, Fraction(0))

    def rank(self, object_ids: Iterable[str], side: str, generation: Generation) -> int:
        """The place of a generation among those of its UTC day that draw on an object."""
        day = generation.occurred_at.date()
        if day not in self._days:
            self._days[day] = self._by_source(day)

        def place(one: Generation) -> tuple[datetime, str]:
            return one.occurred_at, self.usage.derivative_of(one) or one.generation_id

        found = {
            place(other)
            for object_id in object_ids
            for other in self._days[day].get((side, object_id), ())
        }
        return len({other for other in found if other < place(generation)}) + 1

    def influence(self, object_ids: Iterable[str], side: str, generation: Generation) -> int:
        """The weight of an object under all its ids in what a generation made."""
        derivative_id = self.usage.derivative_of(generation)
        parts = dict(self.sources(derivative_id, generation, side).parts)
        return sum(parts.get(object_id, 0) for object_id in object_ids)

    def _by_source(self, day: date) -> dict[tuple[str, str], list[Generation]]:
        if not self._by_day:
            for generation in self.usage.counted.values():
                self._by_day.setdefault(generation.occurred_at.date(), []).append(generation)
        found: dict[tuple[str, str], list[Generation]] = defaultdict(list)
        for generation in self._by_day.get(day, ()):
            if generation.product_id not in self.licence.products:
                continue
            for side in ("MASTER", "WORK"):
                derivative_id = self.usage.derivative_of(generation)
                for source, _ in self.sources(derivative_id, generation, side).parts:
                    found[side, source].append(generation)
        return found


def _rounded(weights: dict[str, Fraction], gap: Fraction) -> tuple[dict[str, Fraction], Fraction]:
    """A derivative's own weights and gap, which sum to 1, in whole billionths."""
    names = sorted(weights)
    every = [gap, *(weights[name] for name in names)]
    common = lcm(*(weight.denominator for weight in every))
    gap_nano, *nanos = spread(BILLION, [int(weight * common) for weight in every], ["", *names])
    rounded = {
        name: Fraction(nano, BILLION) for name, nano in zip(names, nanos, strict=True) if nano
    }
    return rounded, Fraction(gap_nano, BILLION)


def _in_billionths(exact: Exact, product: Product) -> Sources:
    floor = Fraction(product.weight_floor)
    kept = {source: weight for source, weight in exact.parts.items() if weight >= floor}
    gap = exact.gap + sum(exact.parts.values(), Fraction(0)) - sum(kept.values(), Fraction(0))
    names = sorted(kept)
    weights = [gap + exact.held, *(kept[name] for name in names)]
    common = lcm(*(weight.denominator for weight in [*weights, gap, exact.held]))
    open_nano, *nanos = spread(BILLION, [int(weight * common) for weight in weights], ["", *names])
    service = 0
    if product.remainder_rule == SERVICE and open_nano:
        shares = [int(exact.held * common), int(gap * common)]
        service = spread(open_nano, shares, [0, 1])[1]
    parts = tuple((name, nano) for name, nano in zip(names, nanos, strict=True) if nano)
    return Sources(parts, open_nano - service, service)
