"""What changes in issued months, and why: one class of input after the other is moved to the
present freeze.

The amounts themselves are worked out by `pools`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from datetime import datetime

from tests.reference.pools import (
    LATE_MINUS,
    TIMELY,
    Calculation,
    Entry,
    Freezes,
    MonthValuer,
    Value,
)

Change = tuple[Entry, str, Value]
Changes = dict[Entry, Value]
FRAUD_TYPES = frozenset({"SPAM_ADJUSTMENT", "FRAUD_REDISTRIBUTION", "DISPUTE_RESOLUTION"})
OPEN_BUCKETS = frozenset({"UNMATCHED", "UNCLAIMED", "UNROUTED"})


def corrections(
    value: Callable[[Freezes], Calculation], before: datetime, after: datetime
) -> tuple[list[Change], Calculation]:
    """The changes of a month between two freezes with their reasons, and what it is worth now."""
    at = Freezes.all_at(before)
    world = value(at)
    changes: list[Change] = []
    for moved in fields(Freezes):
        at = replace(at, **{moved.name: after})
        following = value(at)
        found = _difference(world, following)
        changes += REASONS[moved.name](found, world)
        world = following
    return changes, world


def releases(held: Calculation, released: Calculation) -> list[Change]:
    """What issuing a month changes in it: its late consents leave their hold."""
    return _of_consent(_difference(held, released), held)


def residuals(changes: list[Change], valuers: list[MonthValuer]) -> list[Change]:
    """What late fraud leaves over in each pool: the service's, so that the pool nets to zero.

    `valuers` are those of the month at every step; between them they know all terms.
    """
    sums: dict[tuple, dict[tuple, int]] = defaultdict(lambda: defaultdict(int))
    for entry, line_type, change in changes:
        if line_type in FRAUD_TYPES:
            sums[entry.pool][entry.contract_id, entry.contract_version] += change.units
    found = []
    for pool, of_contracts in sums.items():
        currency = valuers[-1].pool_currency(pool)
        total = 0
        for (contract_id, version), units in of_contracts.items():
            terms = next(
                (
                    valuer.terms[contract_id, version]
                    for valuer in valuers
                    if (contract_id, version) in valuer.terms
                ),
                None,
            )
            total += valuers[-1].in_pool_currency(units, terms, currency)
        if total:
            entry = Entry(*pool, "", None, "", "", "", "", "", TIMELY, currency, "")
            found.append((entry, "FRAUD_REDISTRIBUTION", Value(0, 0, -total)))
    return found


def _difference(before: Calculation, after: Calculation) -> Changes:
    nothing = Value(0, 0, 0)
    found = {}
    for entry in {**before, **after}:
        old, new = before.get(entry, nothing), after.get(entry, nothing)
        change = Value(*(one - other for one, other in zip(new, old, strict=True)))
        if any(change):
            found[entry] = change
    return found


def _of_usage(found: Changes, _: Calculation) -> list[Change]:
    return [
        (entry, "REVERSAL" if entry.layer == LATE_MINUS else "LATE_USAGE", change)
        for entry, change in found.items()
    ]


def _of_fraud(found: Changes, _: Calculation) -> list[Change]:
    groups: dict[tuple, list[tuple[Entry, Value]]] = defaultdict(list)
    for entry, change in found.items():
        key = (entry.pool, entry.contract_id, entry.object_id, entry.owner)
        groups[key].append((entry, change))
    changes = []
    for group in groups.values():
        held = sum(one.units for entry, one in group if entry.bucket in ("REMOVAL", "FRAUD"))
        payable = sum(one.units for entry, one in group if not entry.bucket)
        weight = sum(one.weight_nano for _, one in group)
        is_resolved = held < 0 < payable and weight == 0
        for entry, change in group:
            moved = "SPAM_ADJUSTMENT" if change.weight_nano else "FRAUD_REDISTRIBUTION"
            changes.append((entry, "DISPUTE_RESOLUTION" if is_resolved else moved, change))
    return changes


def _of_ownership(found: Changes, before: Calculation) -> list[Change]:
    was_open = {
        (entry.pool, entry.object_id)
        for entry in found
        if entry.bucket in OPEN_BUCKETS and entry in before and before[entry].weight_nano
    }
    return [
        (
            entry,
            "BACKPAY" if (entry.pool, entry.object_id) in was_open else "CONFLICT_RESOLUTION",
            change,
        )
        for entry, change in found.items()
    ]


def _of_consent(found: Changes, _: Calculation) -> list[Change]:
    groups: dict[tuple, list[tuple[Entry, Value]]] = defaultdict(list)
    for entry, change in found.items():
        key = (
            entry.pool, entry.contract_id, entry.contract_version, entry.object_id, entry.owner,
            entry.layer,
        )  # fmt: skip
        groups[key].append((entry, change))
    changes = []
    for group in groups.values():
        payable = [change for entry, change in group if not entry.bucket]
        held = [change for entry, change in group if entry.bucket]
        if _moves(payable) or _moves(held):
            changes += [(entry, "LATE_CONSENT", change) for entry, change in group]
    return changes


def _moves(changes: Iterable[Value]) -> bool:
    """Whether amounts or weights change in sum, or only what the lines are called."""
    changes = list(changes)
    return bool(
        sum(change.units for change in changes) or sum(change.weight_nano for change in changes)
    )


def _always(line_type: str) -> Callable[[Changes, Calculation], list[Change]]:
    return lambda found, _: [(entry, line_type, change) for entry, change in found.items()]


REASONS: dict[str, Callable[[Changes, Calculation], list[Change]]] = {
    "usage": _of_usage,
    "fraud": _of_fraud,
    "revenue": _always("REVENUE_CORRECTION"),
    "attribution": _always("REATTRIBUTION"),
    "ownership": _of_ownership,
    "consent": _of_consent,
    "terms": _always("TERMS_CORRECTION"),
}
