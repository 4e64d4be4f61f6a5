"""Fees for training a model: who gets how much of them by what is known at a freeze.

In which statement the difference to what was posted before appears is the statements' business.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime

from tests.reference import clock, seeds
from tests.reference.consent import PAID, Clause, Scope
from tests.reference.model import Inclusion, Terms, in_force
from tests.reference.money import BILLION, half_up, spread
from tests.reference.pools import Books, Calculation, Entry, Freezes, IssuedAt, Value
from tests.reference.rights import Share
from tests.reference.seeds import WORLD

IsReleased = Callable[[str], bool]


def training_fees(
    books: Books,
    known_at: datetime,
    contract_id: str,
    last_month: str,
    issued_at: IssuedAt,
    is_released: IsReleased,
) -> Calculation:
    """All lines of a contract's training fees up to a month.

    `issued_at` and `is_released` are asked for months: when the contract's statement was issued,
    and whether its late consents have left their hold.
    """
    licence = books.licence(known_at)
    fees: dict[tuple[str, str], Terms] = {}
    for terms in sorted(
        in_force(licence.versions.get(contract_id, ())), key=lambda terms: terms.version
    ):
        if terms.training_fee and terms.training_fee.usage_month <= last_month:
            fees[terms.training_fee.model_version, terms.training_fee.usage_month] = terms
    calculation: Calculation = {}
    for terms in fees.values():
        calculation.update(_fee_lines(books, known_at, terms, issued_at, is_released))
    return calculation


def _fee_lines(
    books: Books, known_at: datetime, terms: Terms, issued_at: IssuedAt, is_released: IsReleased
) -> Calculation:
    at = Freezes.all_at(known_at)
    due = terms.training_fee
    if due is None:
        return {}
    month_issued_at = issued_at(due.usage_month)
    weights: dict[Entry, int] = defaultdict(int)
    inclusions = books.world.inclusions.known(known_at)
    for key in sorted(inclusions):
        inclusion = inclusions[key]
        if (
            inclusion.model_version != due.model_version
            or inclusion.side != terms.side
            or inclusion.included_at >= clock.month_end(due.usage_month)
        ):
            continue
        shares = _routed(books, at, terms.contract_id, inclusion)
        nanos = spread(
            BILLION, [share.share for share in shares], [share.owner for share in shares]
        )
        for share, nano in zip(shares, nanos, strict=True):
            scope = Scope(
                inclusion.object_id, inclusion.side, share.owner, share.owner_since, WORLD,
                inclusion.product_id, "training", inclusion.model_version,
            )  # fmt: skip
            verdict = books.judge(at).judge_generation(
                scope, Clause.of(terms), inclusion.included_at, BILLION, month_issued_at, None
            )
            is_paid = verdict.status in PAID or (
                verdict.status == "late_consent" and is_released(due.usage_month)
            )
            entry = Entry(
                due.usage_month, WORLD, inclusion.product_id, "", terms.side, terms.contract_id,
                terms.version, inclusion.object_id, share.owner, "" if is_paid else "CONSENT",
                verdict.status, verdict.proof if is_paid else "", "", terms.currency,
                terms.partner_id,
            )  # fmt: skip
            weights[entry] += nano
    total = half_up(due.amount, seeds.minor_digits(terms.currency))
    units = spread(total, list(weights.values()), [entry.line_key for entry in weights])
    return {
        entry: Value(1, weight, unit)
        for (entry, weight), unit in zip(weights.items(), units, strict=True)
    }


def _routed(books: Books, at: Freezes, contract_id: str, inclusion: Inclusion) -> list[Share]:
    """The owners of an included object whose route led to the contract when it was included."""
    catalogue = books.catalogue(at.ownership)
    if not catalogue.is_known(inclusion.side, inclusion.object_id):
        return []
    owners = catalogue.owners(inclusion.object_id, inclusion.side, WORLD).at(inclusion.included_at)
    found = []
    for share in owners:
        if not share.owner:
            continue
        routes = catalogue.route(share.owner, inclusion.side, WORLD, inclusion.product_id)
        route = routes.at(inclusion.included_at)
        if route and route.contract_id == contract_id:
            found.append(share)
    return found
