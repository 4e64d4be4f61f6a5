"""Who owns what, where an owner's money goes, and under which terms, at any instant.

Whether somebody allowed a use is not asked here.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Generic, TypeVar

from tests.reference import clock, seeds
from tests.reference.model import (
    Claim,
    Link,
    Product,
    Recording,
    RecordingWork,
    Route,
    Terms,
    World,
)
from tests.reference.money import spread

Value = TypeVar("Value")

WHOLE = 100 * 10**12
"""100 % in the unit of `Claim.share`."""
MFN_TERMS = ("revenue_share", "per_subscriber_minimum", "per_use_minimum", "rate")
USED_BY = {
    "revenue_share": ("pro_rata", "greater_of"),
    "per_subscriber_minimum": ("greater_of",),
    "per_use_minimum": ("greater_of",),
    "rate": ("per_use",),
}
"""Which fee models use a term; a term that is not used is not compared."""
TOLERANCE = 10**6
"""How far a sum of shares may be off 100 %."""


@dataclass(frozen=True)
class Stretches(Generic[Value]):
    """A value over time: from each start to the next."""

    starts: list[datetime]
    values: list[Value]

    def at(self, moment: datetime) -> Value:
        return self.values[bisect_right(self.starts, moment) - 1]

    def between(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime, Value]]:
        """The stretches that touch an interval, cut to it."""
        place = bisect_right(self.starts, start) - 1
        while place < len(self.starts) and self.starts[place] < end:
            following = self.starts[place + 1] if place + 1 < len(self.starts) else clock.FOREVER
            yield max(start, self.starts[place]), min(end, following), self.values[place]
            place += 1


def starts_of(intervals: Iterable[tuple[datetime, datetime]]) -> list[datetime]:
    """Every instant at which something begins or ends, in order, from ever on."""
    found = {clock.LONG_AGO}
    for valid_from, valid_to in intervals:
        found.update((valid_from, valid_to))
    found.discard(clock.FOREVER)
    return sorted(found)


@dataclass(frozen=True, slots=True)
class Share:
    """A part of an object: an owner with the terms it is paid under, or the bucket it waits in."""

    bucket: str
    owner: str
    share: int
    owner_since: datetime | None
    terms: Terms | None


class Catalogue:
    """The catalogue as known at a freeze."""

    def __init__(self, world: World, known_at: datetime) -> None:
        self.world = world
        self.known_at = known_at
        self.recordings: dict[str, Recording] = world.recordings.known(known_at)
        self.works = world.works.known(known_at)
        self.works_of: dict[str, list[RecordingWork]] = defaultdict(list)
        for link in world.recording_works.known(known_at).values():
            self.works_of[link.recording_id].append(link)
        self.claims: dict[tuple[str, str], list[Claim]] = defaultdict(list)
        for (side, object_id, *_), claim in world.ownership.known(known_at).items():
            self.claims[side, object_id].append(claim)
        self.routes: dict[tuple[str, str], list[Route]] = defaultdict(list)
        for route in world.routes.known(known_at).values():
            self.routes[route.party_id, route.side].append(route)
        self.links_up: dict[str, list[Link]] = defaultdict(list)
        for party_link in world.links.known(known_at).values():
            self.links_up[party_link.child].append(party_link)
        self.merges = self._read_merges()
        self._same: dict[tuple[str, datetime], frozenset[str]] = {}
        self._ways: dict[str, list[tuple[str, datetime, datetime]]] = {}
        self._twins: dict[str, list[str]] = defaultdict(list)
        for recording in self.recordings.values():
            if isrc := plain_isrc(recording.isrc):
                self._twins[isrc].append(recording.recording_id)
        self._owners: dict[tuple[str, str, str], Stretches[list[Share]]] = {}
        self._routes: dict[tuple[str, str, str, str], Stretches[Route | None]] = {}

    def _read_merges(self) -> dict[str, list[tuple[datetime, str]]]:
        """Of every party that was ever merged: into which party, by when that was recorded."""
        merges = {}
        for party_id, versions in self.world.parties.of.items():
            known = [
                (recorded_at, party.merged_into if party else "")
                for recorded_at, party in versions
                if recorded_at <= self.known_at
            ]
            if any(into for _, into in known):
                merges[party_id] = known
        return merges

    def same(self, party_id: str, known_at: datetime) -> frozenset[str]:
        """The party and all that are one with it by merges known at an instant.

        Only what stands at the freeze counts: a merge that was taken back never was one.
        """
        if not self.merges:
            return frozenset((party_id,))
        key = (party_id, known_at)
        if key not in self._same:
            found, level = {party_id}, {party_id}
            while level:
                touched = [pair for pair in self._merges_known(known_at) if level & pair]
                level = set().union(*touched) - found
                found |= level
            self._same[key] = frozenset(found)
        return self._same[key]

    def _merges_known(self, known_at: datetime) -> Iterator[set[str]]:
        for party_id, versions in self.merges.items():
            into = versions[-1][1]
            if into and any(at <= known_at and other == into for at, other in versions):
                yield {party_id, into}

    def twins(self, recording_id: str) -> list[str]:
        """The recordings with the ISRC of a recording, itself included."""
        recording = self.recordings.get(recording_id)
        isrc = plain_isrc(recording.isrc) if recording else ""
        return self._twins[isrc] if isrc else [recording_id]

    def is_known(self, side: str, object_id: str) -> bool:
        return object_id in (self.recordings if side == "MASTER" else self.works)

    def writers(self, side: str, object_id: str) -> tuple[str, ...]:
        """Writers of a work, or of all works that a recording was ever linked with."""
        if side == "WORK":
            return self.works.get(object_id, ())
        linked = {link.work_id for link in self.works_of.get(object_id, ())}
        return tuple(
            dict.fromkeys(writer for work in sorted(linked) for writer in self.works.get(work, ()))
        )

    def parents(self, party_id: str, moment: datetime) -> set[str]:
        """Everybody above a party while each link on the way holds, and what is one with it.

        Of merged parties the parents of every id count, from when the merge is known.
        """
        found: set[str] = set()
        level = set(self.same(party_id, moment))
        while level:
            found |= level
            above = {
                link.parent
                for child in level
                for link in self.links_up.get(child, ())
                if link.valid_from <= moment < link.valid_to
            }
            level = {one for parent in above for one in self.same(parent, moment)} - found
        return found - {party_id}

    def _links_of(self, party: str) -> Iterator[tuple[str, str, datetime, datetime]]:
        """Child, parent and time of a party's links, those of merged ids from the merge on."""
        since = {party: clock.LONG_AGO}
        for known_at in sorted({at for every in self.merges.values() for at, _ in every}):
            for one in self.same(party, known_at):
                since.setdefault(one, known_at)
        for child, merged_at in since.items():
            for link in self.links_up.get(child, ()):
                start = max(link.valid_from, merged_at)
                if start < link.valid_to:
                    yield child, link.parent, start, link.valid_to

    def _ways_up(self, party: str) -> list[tuple[str, datetime, datetime]]:
        """Every parent that a party reaches, with the time in which each link of a way holds."""
        if party not in self._ways:
            found: set[tuple[str, datetime, datetime]] = set()
            level = {(party, clock.LONG_AGO, clock.FOREVER)}
            while level:
                longer = {
                    (parent, max(since, start), min(until, end))
                    for one, since, until in level
                    for _, parent, start, end in self._links_of(one)
                    if max(since, start) < min(until, end)
                }
                level = longer - found
                found |= level
            self._ways[party] = sorted(found)
        return self._ways[party]

    def _above(self, party: str) -> set[str]:
        return {parent for parent, _, _ in self._ways_up(party)} - {party}

    def member(self, owner: str, partner: str, month: str) -> str:
        """Who stands directly under a partner above an owner, or is it; empty if nobody does.

        Chains that hold in the month come first, then the shortest, then the newest.
        """
        start, end = clock.month_start(month), clock.month_end(month)
        found: list[tuple] = []
        above = self._above(owner)
        for party, since, until in [
            (owner, clock.LONG_AGO, clock.FOREVER),
            *(way for way in self._ways_up(owner) if way[0] != owner),
        ]:
            for member, parent, valid_from, valid_to in self._links_of(party):
                chain = (max(since, valid_from), min(until, valid_to))
                if parent != partner or chain[0] >= chain[1]:
                    continue
                between = {one for one in above if one != party and party in self._above(one)}
                steps = 0 if party == owner else 1 + len(between)
                holds = chain[0] < end and chain[1] > start
                found.append((not holds, steps, clock.LONG_AGO - chain[0], member))
        return min(found)[3] if found else ""

    def owners(self, object_id: str, side: str, territory: str) -> Stretches[list[Share]]:
        """The shares of an object in a territory over time, without their terms."""
        key = (object_id, side, territory)
        if key not in self._owners:
            every = self.claims.get((side, object_id), [])
            covering = [claim for claim in every if seeds.closeness(claim.territory, territory)]
            starts = starts_of((claim.valid_from, claim.valid_to) for claim in covering)
            values = [self._owners_at(every, covering, territory, start) for start in starts]
            self._owners[key] = Stretches(starts, values)
        return self._owners[key]

    def _owners_at(
        self, every: list[Claim], covering: list[Claim], territory: str, moment: datetime
    ) -> list[Share]:
        of_party: dict[str, Claim] = {}
        for claim in covering:
            if not claim.valid_from <= moment < claim.valid_to:
                continue
            other = of_party.get(claim.party_id)
            if other is None or _preference(claim, territory) > _preference(other, territory):
                of_party[claim.party_id] = claim
        total = sum(claim.share for claim in of_party.values())
        if total > WHOLE + TOLERANCE:
            return [Share("DISPUTE", "", WHOLE, None, None)]
        names = sorted(of_party)
        parts = [of_party[party].share for party in names]
        is_whole = total >= WHOLE - TOLERANCE
        if is_whole:
            parts = spread(WHOLE, parts, names)
        shares = [
            Share("", party, part, self._took_over(of_party[party], every), None)
            for party, part in zip(names, parts, strict=True)
        ]
        if not is_whole:
            shares.append(Share("UNCLAIMED", "", WHOLE - total, None, None))
        return shares

    def _took_over(self, claim: Claim, every: list[Claim]) -> datetime | None:
        """Since when the owner holds what another party held before; None if nobody did."""

        def is_same_party(other: Claim) -> bool:
            return other.party_id in self.same(claim.party_id, self.known_at)

        nearby = [
            other
            for other in every
            if other.territory == claim.territory
            or seeds.is_wide(other.territory)
            or seeds.is_wide(claim.territory)
        ]
        start = claim.valid_from
        own = sorted(
            (other for other in nearby if is_same_party(other)),
            key=lambda other: other.valid_from,
            reverse=True,
        )
        for other in own:
            if other.valid_from < start <= other.valid_to:
                start = other.valid_from
        for other in nearby:
            if not is_same_party(other) and other.valid_to <= start:
                return start
        return None

    def route(
        self, party_id: str, side: str, territory: str, product_id: str
    ) -> Stretches[Route | None]:
        """Where a party's money goes over time: the most specific row."""
        key = (party_id, side, territory, product_id)
        if key not in self._routes:
            covering = [
                row
                for row in self.routes.get((party_id, side), ())
                if seeds.closeness(row.territory, territory) and row.product_id in ("*", product_id)
            ]
            starts = starts_of((row.valid_from, row.valid_to) for row in covering)
            values = []
            for start in starts:
                valid = [row for row in covering if row.valid_from <= start < row.valid_to]
                values.append(
                    max(
                        valid,
                        key=lambda row: (
                            seeds.closeness(row.territory, territory),
                            row.product_id != "*",
                            row.valid_from,
                            row.territory,
                        ),
                        default=None,
                    )
                )
            self._routes[key] = Stretches(starts, values)
        return self._routes[key]


def plain_isrc(text: str) -> str:
    """An ISRC in capitals without dashes, or nothing if it is none."""
    plain = text.upper().replace("-", "").replace(" ", "").removeprefix("ISRC:")
    well_formed = (
        len(plain) == 12 and plain[:2].isalpha() and plain[2:5].isalnum() and plain[5:].isdigit()
    )
    return plain if well_formed else ""


def plain_gtin(text: str) -> str:
    """A release's number without leading zeros: 12, 13 and 14 digits name one release."""
    return text.replace(" ", "").replace("-", "").lstrip("0")


def _preference(claim: Claim, territory: str) -> tuple[int, datetime, str]:
    return seeds.closeness(claim.territory, territory), claim.valid_from, claim.territory


class Licence:
    """Products and contracts as known at a freeze, made versions of most-favoured clauses too."""

    def __init__(self, world: World, known_at: datetime) -> None:
        self.products: dict[str, Product] = world.products.known(known_at)
        self.versions: dict[str, list[Terms]] = defaultdict(list)
        for terms in world.contracts.known(known_at).values():
            self.versions[terms.contract_id].append(terms)
        plain = {
            contract_id: self._highest(versions) for contract_id, versions in self.versions.items()
        }
        self.timelines = {
            contract_id: self._favoured(contract_id, plain) for contract_id in sorted(plain)
        }

    @staticmethod
    def _highest(versions: list[Terms]) -> Stretches[Terms | None]:
        """Of overlapping versions the higher rules."""
        starts = starts_of((terms.valid_from, terms.valid_to) for terms in versions)
        values = []
        for start in starts:
            valid = [terms for terms in versions if terms.valid_from <= start < terms.valid_to]
            values.append(max(valid, key=lambda terms: terms.version, default=None))
        return Stretches(starts, values)

    def _favoured(
        self, contract_id: str, plain: dict[str, Stretches[Terms | None]]
    ) -> Stretches[Terms | None]:
        """A contract's versions over time, raised to the best of its group."""
        own = plain[contract_id]
        groups = {terms.mfn_group for terms in self.versions[contract_id]} - {""}
        if not groups:
            return own
        others = [
            timeline
            for other, timeline in plain.items()
            if other != contract_id and groups & {terms.mfn_group for terms in self.versions[other]}
        ]
        starts = sorted({start for timeline in (own, *others) for start in timeline.starts})
        result: list[Terms | None] = []
        made: dict[int, int] = defaultdict(int)
        for start in starts:
            terms = own.at(start)
            better = _raised(terms, [timeline.at(start) for timeline in others]) if terms else None
            last = result[-1] if result else None
            if terms is None or better is None or better == terms:
                result.append(terms)
            elif last and last.base == terms.base and _same_terms(last, better):
                result.append(last)
            else:
                made[terms.version] += 1
                version = terms.version * 1000 + made[terms.version]
                result.append(replace(better, version=version))
        return Stretches(starts, result)

    def terms(self, contract_id: str, moment: datetime) -> Terms | None:
        timeline = self.timelines.get(contract_id)
        return timeline.at(moment) if timeline else None

    def statement_terms(self, contract_id: str, report_month: str) -> Terms | None:
        """The highest version valid at some time of a month; of made ones the highest number."""
        timeline = self.timelines.get(contract_id)
        if timeline is None:
            return None
        start, end = clock.month_start(report_month), clock.month_end(report_month)
        valid = [terms for _, _, terms in timeline.between(start, end) if terms]
        return max(valid, key=lambda terms: (terms.base, terms.version), default=None)


def _same_terms(one: Terms, other: Terms) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in MFN_TERMS)


def _raised(terms: Terms, others: list[Terms | None]) -> Terms:
    if not terms.mfn_group:
        return terms
    best: dict[str, Decimal | None] = {name: getattr(terms, name) for name in MFN_TERMS}
    for other in others:
        if other is None or (other.mfn_group, other.side) != (terms.mfn_group, terms.side):
            continue
        same_kind = (other.model, other.rate_currency) == (terms.model, terms.rate_currency)
        for name, models in USED_BY.items():
            offered, held = getattr(other, name), best[name]
            is_used = terms.model in models and other.model in models
            is_comparable = is_used and (name == "revenue_share" or same_kind)
            if is_comparable and offered and offered > (held or 0):
                best[name] = offered
    return replace(
        terms,
        revenue_share=best["revenue_share"],
        per_subscriber_minimum=best["per_subscriber_minimum"],
        per_use_minimum=best["per_use_minimum"],
        rate=best["rate"],
    )


class Rights:
    """Shares with their owners and terms: the catalogue at one freeze, the licences at another."""

    def __init__(self, catalogue: Catalogue, licence: Licence) -> None:
        self.catalogue = catalogue
        self.licence = licence
        self._shares: dict[tuple[str, str, str, str], Stretches[list[Share]]] = {}

    def terms_of(
        self, owner: str, side: str, territory: str, product_id: str, moment: datetime
    ) -> Terms | None:
        """The terms that an owner's route leads to; None is unrouted."""
        route = self.catalogue.route(owner, side, territory, product_id).at(moment)
        terms = self.licence.terms(route.contract_id, moment) if route else None
        return terms if terms and terms.covers(side, product_id) else None

    def shares(
        self, object_id: str, side: str, territory: str, product_id: str
    ) -> Stretches[list[Share]]:
        """What becomes of an object's weight over time."""
        key = (object_id, side, territory, product_id)
        if key not in self._shares:
            self._shares[key] = self._find_shares(object_id, side, territory, product_id)
        return self._shares[key]

    def _find_shares(
        self, object_id: str, side: str, territory: str, product_id: str
    ) -> Stretches[list[Share]]:
        owners = self.catalogue.owners(object_id, side, territory)
        starts = set(owners.starts)
        for owner in {share.owner for value in owners.values for share in value if share.owner}:
            routes = self.catalogue.route(owner, side, territory, product_id)
            starts.update(routes.starts)
            for route in routes.values:
                if route and route.contract_id in self.licence.timelines:
                    starts.update(self.licence.timelines[route.contract_id].starts)
        ordered = sorted(starts)
        values = []
        for start in ordered:
            shares = []
            for share in owners.at(start):
                if share.bucket:
                    shares.append(share)
                    continue
                terms = self.terms_of(share.owner, side, territory, product_id, start)
                bucket = "" if terms else "UNROUTED"
                shares.append(replace(share, bucket=bucket, terms=terms))
            values.append(shares)
        return Stretches(ordered, values)
