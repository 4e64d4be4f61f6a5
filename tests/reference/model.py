"""The feeds' rows as the reference reads them, and the lines and statements that it gives back.

Reading only: what a row means for anybody's money is decided elsewhere.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tests.reference import clock
from tests.reference.clock import Row, Versions, versions_of

Feeds = Mapping[str, Sequence[Mapping[str, Any]]]
Pool = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Line:
    """An amount of one statement, in minor units; `original_key` is the line that it releases."""

    report_month: str
    line_type: str
    line_key: str
    layer: str
    partner_id: str
    contract_id: str
    contract_version: int | None
    object_id: str
    owner_party_id: str
    member_party_id: str
    usage_month: str
    hold_bucket: str
    consent_status: str
    consent_proof_id: str
    quantity: int
    weight_nano: int
    units: int
    currency: str
    territory: str = ""
    product_id: str = ""
    tier: str = ""
    side: str = ""
    original_key: str = ""


@dataclass(frozen=True)
class Statement:
    """The balance of one contract and report month, in minor units of the payout currency."""

    contract_id: str
    report_month: str
    currency: str
    opening: int
    earned: int
    corrections: int
    fee: int
    true_up: int
    taken: int
    released: int
    recouped: int
    tax: int
    penalties: int
    resumed: int
    closing: int
    suspended: int
    payable: int
    carried: int
    held: int


@dataclass(frozen=True)
class Result:
    """Everything issued by the closings, in order, then the drafts of the open months."""

    lines: list[Line]
    statements: list[Statement]


def line_key(
    usage_month: str,
    territory: str,
    product_id: str,
    tier: str,
    side: str,
    contract_id: str,
    contract_version: int | None,
    object_id: str,
    owner_party_id: str,
    hold_bucket: str,
    consent_status: str,
    consent_proof_id: str,
) -> str:
    """The text that decides ties, as the rules writes it."""
    version = "" if contract_version is None else str(contract_version)
    return "|".join(
        (
            usage_month, territory, product_id, tier, side, contract_id, version, object_id,
            owner_party_id, hold_bucket, consent_status, consent_proof_id,
        )
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Party:
    party_id: str
    merged_into: str


@dataclass(frozen=True, slots=True)
class Link:
    parent: str
    child: str
    valid_from: datetime
    valid_to: datetime


@dataclass(frozen=True, slots=True)
class Recording:
    recording_id: str
    main_artists: tuple[str, ...]
    featured_artists: tuple[str, ...]
    label: str
    upc: str
    isrc: str


@dataclass(frozen=True, slots=True)
class RecordingWork:
    recording_id: str
    work_id: str
    share: Decimal
    valid_from: datetime
    valid_to: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """A row of ownership; `share` is in hundreds of billions of billionths (percent x 1e12)."""

    party_id: str
    territory: str
    share: int
    valid_from: datetime
    valid_to: datetime


@dataclass(frozen=True, slots=True)
class Route:
    party_id: str
    side: str
    territory: str
    product_id: str
    partner_id: str
    contract_id: str
    valid_from: datetime
    valid_to: datetime


@dataclass(frozen=True, slots=True)
class Product:
    product_id: str
    launched_at: datetime
    weight_basis: str
    default_share: dict[str, Decimal]
    remainder_rule: str
    weight_floor: Decimal
    attribution_fallback: str


@dataclass(frozen=True, slots=True)
class Withholding:
    territory: str
    rate: Decimal
    valid_from: datetime
    valid_to: datetime


@dataclass(frozen=True, slots=True)
class Guarantee:
    amount: Decimal
    period_months: int
    starts_on: str


@dataclass(frozen=True, slots=True)
class Advance:
    amount: Decimal
    paid_on: date
    product_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrainingFee:
    model_version: str
    amount: Decimal
    usage_month: str


@dataclass(frozen=True, slots=True)
class Reserve:
    rate: Decimal
    release_after_months: int


@dataclass(frozen=True, slots=True)
class Penalty:
    threshold: Decimal
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Terms:
    """One version of a contract; a version made by a most-favoured clause has a `base` below it."""

    contract_id: str
    version: int
    base: int
    partner_id: str
    side: str
    product_ids: tuple[str, ...]
    currency: str
    silence: str
    silence_clause: str
    required_parties: tuple[str, ...]
    model: str
    revenue_share: Decimal | None
    per_subscriber_minimum: Decimal | None
    per_use_minimum: Decimal | None
    rate: Decimal | None
    rate_currency: str
    pays_free_uses: bool
    # Whether free uses earn the per-use minimum: by the contract's own terms, not a raised one.
    minimum_of_free_uses: bool
    minimum_guarantee: Guarantee | None
    advance: Advance | None
    training_fee: TrainingFee | None
    reserve: Reserve | None
    fee_rate: Decimal
    fraud_penalty: Penalty | None
    minimum_payout: Decimal
    withholding: tuple[Withholding, ...]
    fx_rule: str
    late_usage: str
    run_off_days: int
    mfn_group: str
    valid_from: datetime
    valid_to: datetime

    def covers(self, side: str, product_id: str) -> bool:
        return self.side == side and ("*" in self.product_ids or product_id in self.product_ids)

    def on(self, valid_from: datetime, valid_to: datetime) -> "Terms":
        return replace(self, valid_from=valid_from, valid_to=valid_to)


def in_force(versions: Iterable[Terms]) -> list[Terms]:
    """The versions that no higher one replaces for all of their validity."""
    every = list(versions)
    return [
        one
        for one in every
        if not any(
            other.base > one.base
            and other.base == other.version
            and other.valid_from <= one.valid_from
            and other.valid_to >= one.valid_to
            for other in every
        )
    ]


@dataclass(frozen=True, slots=True)
class Decision:
    decision_id: str
    party_id: str
    voice: str
    object_type: str
    object_id: str
    use_type: str
    product_id: str
    model_version: str
    territory: str
    is_allow: bool
    daily_limit: int | None
    max_influence: Decimal | None
    valid_from: datetime
    valid_to: datetime
    enforced_at: datetime | None
    is_mismatch: bool


@dataclass(frozen=True, slots=True)
class Generation:
    generation_id: str
    idempotency_key: str
    occurred_at: datetime
    product_id: str
    model_version: str
    use_type: str
    territory: str
    tier: str
    status: str
    sources: tuple[str, ...]
    derivative_id: str
    is_test: bool
    recorded_at: datetime
    month: str


@dataclass(frozen=True, slots=True)
class Derivative:
    derivative_id: str
    generation_id: str
    parent_id: str


@dataclass(frozen=True, slots=True)
class Attribution:
    source_id: str
    weight: Decimal
    version: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Plays:
    plays: int
    artificial: int


@dataclass(frozen=True, slots=True)
class Inclusion:
    model_version: str
    product_id: str
    side: str
    object_id: str
    included_at: datetime


@dataclass(frozen=True, slots=True)
class Action:
    puid: str
    derivative_id: str
    uploader: str
    is_fraud: bool
    touches_plays: bool
    suspends_account: bool
    territories: tuple[str, ...]
    applied_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Appeal:
    puid: str
    filed_at: datetime
    decided_at: datetime
    outcome: str


@dataclass(frozen=True, slots=True)
class Revenue:
    currency: str
    net: Decimal
    subscribers: int


PlayKey = tuple[date, str, str, str]


@dataclass
class World:
    """All versions of all feeds."""

    parties: Versions[str, Party]
    links: Versions[tuple, Link]
    recordings: Versions[str, Recording]
    works: Versions[str, tuple[str, ...]]
    recording_works: Versions[tuple, RecordingWork]
    ownership: Versions[tuple, Claim]
    routes: Versions[tuple, Route]
    products: Versions[str, Product]
    contracts: Versions[tuple[str, int], Terms]
    consents: Versions[str, Decision]
    generations: Versions[str, Generation]
    derivatives: Versions[str, Derivative]
    attributions: Versions[tuple[str, str, str, str], Attribution]
    plays: dict[str, Versions[PlayKey, Plays]]
    inclusions: Versions[tuple[str, str, str], Inclusion]
    actions: Versions[str, Action]
    appeals: Versions[str, Appeal]
    revenue: Versions[tuple[str, str, str, str], Revenue]
    fx_rates: Versions[tuple[date, str, str, str], Decimal]
    ecb: Versions[tuple[date, str], Decimal]

    def tables(self) -> list[Versions]:
        """Every table, the plays month by month."""
        named = [table for table in vars(self).values() if isinstance(table, Versions)]
        return [*named, *self.plays.values()]


def text(row: Row, name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value)


def number(value: object) -> Decimal:
    """A decimal, exactly as it is written; a binary float is refused."""
    if isinstance(value, float):
        raise TypeError(f"{value!r} is a binary float")
    return Decimal(str(value))


def number_or_none(row: Row, name: str) -> Decimal | None:
    value = row.get(name)
    return None if value is None or value == "" else number(value)


def amount(row: Row, name: str) -> Decimal:
    return number_or_none(row, name) or Decimal(0)


def whole(row: Row, name: str, default: int = 0) -> int:
    value = row.get(name)
    if isinstance(value, int):
        return value
    return default if value is None or value == "" else int(number(value))


def names(row: Row, name: str) -> tuple[str, ...]:
    """A list, also as a CSV cell writes it."""
    value = row.get(name)
    if value is None or value == "":
        return ()
    items = value.split("|") if isinstance(value, str) else value
    return tuple(str(item) for item in items if item is not None)


def read_world(feeds: Feeds, zone_of: Any) -> World:
    """All feeds, parsed; `zone_of` tells the reporting time zone of a territory."""

    def rows(feed: str) -> Sequence[Row]:
        return feeds.get(feed, ())

    return World(
        parties=versions_of(
            rows("catalog/parties"),
            lambda row: str(row["party_id"]),
            lambda row: Party(str(row["party_id"]), text(row, "merged_into_party_id")),
        ),
        links=versions_of(
            rows("catalog/party_links"),
            lambda row: (
                row["parent_party_id"], row["child_party_id"], row["role"],
                clock.since(row.get("valid_from")),
            ),
            lambda row: Link(
                str(row["parent_party_id"]), str(row["child_party_id"]), *_interval(row)
            ),
        ),
        recordings=versions_of(
            rows("catalog/recordings"), lambda row: str(row["recording_id"]), _recording
        ),
        works=versions_of(
            rows("catalog/works"),
            lambda row: str(row["work_id"]),
            lambda row: names(row, "writer_party_ids"),
        ),
        recording_works=versions_of(
            rows("catalog/recording_works"),
            lambda row: (row["recording_id"], row["work_id"], clock.since(row.get("valid_from"))),
            lambda row: RecordingWork(
                str(row["recording_id"]),
                str(row["work_id"]),
                Decimal(1) if row.get("share") in (None, "") else number(row["share"]),
                *_interval(row),
            ),
        ),
        ownership=versions_of(
            rows("catalog/ownership"),
            lambda row: (
                row["side"], row["object_id"], row["party_id"], row["territory"],
                clock.since(row.get("valid_from")),
            ),
            lambda row: Claim(
                str(row["party_id"]),
                str(row["territory"]),
                int(number(row["share_pct"]).scaleb(12)),
                *_interval(row),
            ),
        ),
        routes=versions_of(
            rows("catalog/routes"),
            lambda row: (
                row["party_id"], row["side"], row["territory"], row["product_id"],
                clock.since(row.get("valid_from")),
            ),
            lambda row: Route(
                str(row["party_id"]), str(row["side"]), str(row["territory"]),
                str(row["product_id"]), str(row["partner_id"]), str(row["contract_id"]),
                *_interval(row),
            ),
        ),
        products=versions_of(
            rows("licensing/products"), lambda row: str(row["product_id"]), _product
        ),
        contracts=versions_of(
            rows("licensing/contracts"),
            lambda row: (str(row["contract_id"]), int(row["version"])),
            _terms,
        ),
        consents=versions_of(
            rows("licensing/consents"), lambda row: str(row["decision_id"]), _decision
        ),
        generations=versions_of(
            rows("ai_usage/generations"),
            lambda row: str(row["generation_id"]),
            lambda row: _generation(row, zone_of),
        ),
        derivatives=versions_of(
            rows("ai_usage/derivatives"),
            lambda row: str(row["derivative_id"]),
            lambda row: Derivative(
                str(row["derivative_id"]),
                text(row, "generation_id"),
                text(row, "parent_derivative_id"),
            ),
        ),
        attributions=versions_of(
            rows("ai_usage/attributions"),
            lambda row: (
                str(row["derivative_id"]), str(row["side"]), str(row["source_object_id"]),
                str(row["attribution_version"]),
            ),
            lambda row: Attribution(
                str(row["source_object_id"]),
                number(row["weight"]),
                str(row["attribution_version"]),
                clock.since(row["recorded_at"]),
            ),
        ),
        plays=_plays(rows("ai_usage/derivative_plays")),
        inclusions=versions_of(
            rows("ai_usage/training_inclusions"),
            lambda row: (str(row["model_version"]), str(row["side"]), str(row["object_id"])),
            lambda row: Inclusion(
                str(row["model_version"]), str(row["product_id"]), str(row["side"]),
                str(row["object_id"]), clock.since(row["included_at"]),
            ),
        ),
        actions=versions_of(rows("removals/actions"), lambda row: str(row["puid"]), _action),
        appeals=versions_of(
            rows("removals/appeals"),
            lambda row: str(row["appeal_id"]),
            lambda row: Appeal(
                str(row["puid"]),
                clock.since(row["filed_at"]),
                clock.until(row.get("decided_at")),
                text(row, "outcome"),
            ),
        ),
        revenue=versions_of(
            rows("finance/revenue"),
            lambda row: (
                clock.month_of(row["usage_month"]), str(row["territory"]), str(row["product_id"]),
                str(row["tier"]),
            ),
            _revenue,
        ),
        fx_rates=versions_of(
            rows("finance/fx_rates"),
            lambda row: (
                clock.day(row["rate_date"]), str(row["base_currency"]), str(row["quote_currency"]),
                str(row["provider"]),
            ),
            lambda row: number(row["rate"]),
        ),
        ecb=versions_of(
            (row for row in rows("finance/ecb") if row.get("rate") not in (None, "", "N/A")),
            lambda row: (clock.day(row["rate_date"]), str(row["quote_currency"])),
            lambda row: number(row["rate"]),
            lambda row: (
                clock.instant(row.get("recorded_at"))
                or clock.berlin(clock.day(row["rate_date"]), 16)
            ),
        ),
    )  # fmt: skip


def _interval(row: Row) -> tuple[datetime, datetime]:
    return clock.since(row.get("valid_from")), clock.until(row.get("valid_to"))


def _recording(row: Row) -> Recording:
    return Recording(
        str(row["recording_id"]),
        names(row, "main_artist_ids"),
        names(row, "featured_artist_ids"),
        text(row, "label_party_id"),
        text(row, "upc"),
        text(row, "isrc"),
    )


def _product(row: Row) -> Product:
    return Product(
        product_id=str(row["product_id"]),
        launched_at=clock.since(row["launched_at"]),
        weight_basis=str(row["weight_basis"]),
        default_share={
            "MASTER": amount(row, "default_share_master"),
            "WORK": amount(row, "default_share_work"),
        },
        remainder_rule=str(row["remainder_rule"]),
        weight_floor=amount(row, "weight_floor"),
        attribution_fallback=str(row["attribution_fallback"]),
    )


def _terms(row: Row) -> Terms:
    guarantee, advance, training, reserve, penalty = (
        row.get(name)
        for name in ("minimum_guarantee", "advance", "training_fee", "reserve", "fraud_penalty")
    )
    valid_from, valid_to = _interval(row)
    return Terms(
        contract_id=str(row["contract_id"]),
        version=int(row["version"]),
        base=int(row["version"]),
        partner_id=str(row["partner_id"]),
        side=str(row["side"]),
        product_ids=names(row, "product_ids"),
        currency=str(row["currency"]),
        silence=str(row["silence"]),
        silence_clause=text(row, "silence_clause"),
        required_parties=names(row, "required_parties"),
        model=str(row["model"]),
        revenue_share=number_or_none(row, "revenue_share"),
        per_subscriber_minimum=number_or_none(row, "per_subscriber_minimum"),
        per_use_minimum=number_or_none(row, "per_use_minimum"),
        rate=number_or_none(row, "rate"),
        rate_currency=text(row, "rate_currency") or str(row["currency"]),
        pays_free_uses=clock.is_true(row.get("pays_free_uses")),
        minimum_of_free_uses=clock.is_true(row.get("pays_free_uses"))
        or (row["model"] == "greater_of" and bool(number_or_none(row, "per_use_minimum"))),
        minimum_guarantee=guarantee
        and Guarantee(
            number(guarantee["amount"]),
            int(guarantee["period_months"]),
            clock.month_of(guarantee["starts_on"]),
        ),
        advance=advance
        and Advance(
            number(advance["amount"]), clock.day(advance["paid_on"]), names(advance, "product_ids")
        ),
        training_fee=training
        and TrainingFee(
            str(training["model_version"]),
            number(training["amount"]),
            clock.month_of(training["usage_month"]),
        ),
        reserve=reserve
        and Reserve(number(reserve["rate"]), int(reserve.get("release_after_months") or 0)),
        fee_rate=amount(row, "fee_rate"),
        fraud_penalty=penalty
        and Penalty(
            number(penalty["threshold"]), number(penalty["amount"]), str(penalty["currency"])
        ),
        minimum_payout=amount(row, "minimum_payout"),
        withholding=tuple(
            Withholding(str(tax["source_territory"]), number(tax["rate"]), *_interval(tax))
            for tax in row.get("withholding") or ()
        ),
        fx_rule=str(row["fx_rule"]),
        late_usage=str(row["late_usage"]),
        run_off_days=whole(row, "run_off_days"),
        mfn_group=text(row, "mfn_group"),
        valid_from=valid_from,
        valid_to=valid_to,
    )


def _decision(row: Row) -> Decision:
    valid_from, valid_to = _interval(row)
    limit = number_or_none(row, "daily_limit")
    return Decision(
        decision_id=str(row["decision_id"]),
        party_id=str(row["party_id"]),
        voice=str(row["voice"]),
        object_type=str(row["object_type"]),
        object_id=text(row, "object_id"),
        use_type=str(row["use_type"]),
        product_id=text(row, "product_id") or "*",
        model_version=text(row, "model_version"),
        territory=str(row["territory"]),
        is_allow=str(row["decision"]) == "allow",
        daily_limit=None if limit is None else int(limit),
        max_influence=number_or_none(row, "max_influence"),
        valid_from=valid_from,
        valid_to=valid_to,
        enforced_at=clock.instant(row.get("enforced_at")),
        is_mismatch=row.get("evidence_state") == "mismatch",
    )


def _generation(row: Row, zone_of: Any) -> Generation:
    occurred_at = clock.since(row["occurred_at"])
    return Generation(
        generation_id=str(row["generation_id"]),
        idempotency_key=str(row["idempotency_key"]),
        occurred_at=occurred_at,
        product_id=str(row["product_id"]),
        model_version=text(row, "model_version"),
        use_type=str(row["use_type"]),
        territory=str(row["territory"]),
        tier=str(row["tier"]),
        status=str(row["status"]),
        sources=names(row, "source_recording_ids"),
        derivative_id=text(row, "derivative_id"),
        is_test=clock.is_true(row.get("is_test")),
        recorded_at=clock.since(row["recorded_at"]),
        month=clock.local_month(occurred_at, zone_of(str(row["territory"]))),
    )


def _plays(rows: Sequence[Row]) -> dict[str, Versions[PlayKey, Plays]]:
    months: dict[str, Versions[PlayKey, Plays]] = {}
    for row in rows:
        played = clock.day(row["play_date"])
        table = months.setdefault(f"{played:%Y-%m}", Versions())
        item = None
        if not clock.is_true(row.get("is_withdrawn")):
            item = Plays(whole(row, "plays"), whole(row, "artificial_plays"))
        key = (played, str(row["derivative_id"]), str(row["territory"]), str(row["tier"]))
        table.add(key, clock.since(row["recorded_at"]), item)
    for table in months.values():
        table.sort()
    return months


REMOVING = frozenset(
    {"DECISION_VISIBILITY_CONTENT_REMOVED", "DECISION_VISIBILITY_CONTENT_DISABLED"}
)
DEMONETISING = frozenset({"DECISION_MONETARY_SUSPENSION", "DECISION_MONETARY_TERMINATION"})
SUSPENDING = frozenset({"DECISION_ACCOUNT_SUSPENDED", "DECISION_ACCOUNT_TERMINATED"})


def _action(row: Row) -> Action:
    removes = not REMOVING.isdisjoint(names(row, "decision_visibility"))
    return Action(
        puid=str(row["puid"]),
        derivative_id=text(row, "derivative_id"),
        uploader=text(row, "uploader_party_id"),
        is_fraud=row.get("programme_reason") == "artificial_streaming",
        touches_plays=removes or row.get("decision_monetary") in DEMONETISING,
        suspends_account=row.get("decision_account") in SUSPENDING,
        territories=names(row, "territories"),
        applied_at=clock.since(row["applied_at"]),
        ended_at=clock.until(row.get("ended_at")),
    )


def _revenue(row: Row) -> Revenue:
    parts = ("indirect_tax", "refunds", "payment_fees", "deductions")
    net = amount(row, "gross") - sum(amount(row, part) for part in parts)
    return Revenue(str(row["currency"]), net, whole(row, "subscribers"))
