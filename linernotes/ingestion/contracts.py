"""What each feed promises: one schema per feed, with its columns, its rules and its key.

Licences and removals have modules of their own. How files are read is not here, nor are rules that
need more rows than one: those of a set, of versions of a key and of a puid are in `screening.py`.
"""

from functools import cache
from typing import ClassVar

import dataframely as dy
import polars as pl

from linernotes.ingestion import columns as col
from linernotes.ingestion import vocabulary

AI_SHARES = ("none", "partly", "all")
SIDES = ("MASTER", "WORK")
TIERS = ("paid_addon", "free_allowance", "ad_supported")
USE_TYPES = ("remix", "cover", "mashup", "voice_clone", "style", "stem", "lyric", "training")


class Contract(dy.Schema):
    """What all feeds have: when the source knew a row, and whether it takes the row back."""

    TABLE: ClassVar[str]
    KEY: ClassVar[tuple[str, ...]]
    # More bad rows than this, in a file of 100 rows or more, refuse the file.
    BAD_ROWS_PERCENT: ClassVar[int] = 5
    FORMS: ClassVar[tuple[str, ...]] = (".csv", ".jsonl", ".parquet")

    row_number = col.row_number()
    recorded_at = col.time(required=True, event=True)
    is_withdrawn = col.boolean(required=True, default=False)

    @classmethod
    @cache
    def traits(cls) -> dict[str, col.Traits]:
        """What the door needs to know of each column beyond its rules."""
        return {name: (column.metadata or {})["traits"] for name, column in cls.columns().items()}

    @classmethod
    def feed_columns(cls) -> list[str]:
        """The columns that the feed's sender gives."""
        return [name for name, traits in cls.traits().items() if traits.kind != "made"]


class Interval(Contract):
    """A feed whose rows hold from a time on, and until another if they say so."""

    @dy.rule()
    def valid_to_before_valid_from(cls) -> pl.Expr:
        return pl.col("valid_to") >= pl.col("valid_from")


class Parties(Interval):
    TABLE = "raw_catalog__parties"
    KEY = ("party_id",)

    party_id = col.identifier(required=True)
    kind = col.code(
        ("artist", "writer", "publisher", "label", "member", "distributor", "partner", "uploader"),
        required=True,
    )
    name = col.text(required=True)
    country = col.code(vocabulary.countries)
    isni = col.standard("isni")
    isni_original = col.kept_original()
    ipi = col.standard("ipi")
    ipi_original = col.kept_original()
    dpid = col.standard("dpid")
    merged_into_party_id = col.identifier()
    valid_from = col.time()
    valid_to = col.time()


class PartyLinks(Interval):
    TABLE = "raw_catalog__party_links"
    KEY = ("parent_party_id", "child_party_id", "role", "valid_from")

    parent_party_id = col.identifier(required=True)
    child_party_id = col.identifier(required=True)
    role = col.code(("member_of", "label_of", "division_of", "signed_to"), required=True)
    fee_rate = col.share()
    valid_from = col.time(required=True)
    valid_to = col.time()

    @dy.rule()
    def own_member(cls) -> pl.Expr:
        """Following such a link would never end."""
        return pl.col("is_withdrawn") | (pl.col("parent_party_id") != pl.col("child_party_id"))


class Recordings(Contract):
    TABLE = "raw_catalog__recordings"
    KEY = ("recording_id",)

    recording_id = col.identifier(required=True)
    isrc = col.isrc()
    isrc_original = col.kept_original()
    title = col.text(required=True)
    main_artist_ids = col.identifiers(required=True)
    featured_artist_ids = col.identifiers()
    label_party_id = col.identifier()
    uploader_party_id = col.identifier()
    upc = col.standard("upc")
    duration_ms = col.count()
    released_on = col.partial_date()
    is_functional_noise = col.boolean()
    ai_vocals = col.code(AI_SHARES)
    ai_instruments = col.code(AI_SHARES)
    ai_composition = col.code(AI_SHARES)
    ai_lyrics = col.code(AI_SHARES)
    ai_post_production = col.code(AI_SHARES)
    ai_detected_score = col.score()
    delivered_at = col.time()


class Works(Contract):
    TABLE = "raw_catalog__works"
    KEY = ("work_id",)

    work_id = col.identifier(required=True)
    iswc = col.standard("iswc")
    iswc_original = col.kept_original()
    title = col.text(required=True)
    writer_party_ids = col.identifiers()


class RecordingWorks(Interval):
    TABLE = "raw_catalog__recording_works"
    KEY = ("recording_id", "work_id", "valid_from")

    recording_id = col.identifier(required=True)
    work_id = col.identifier(required=True)
    share = col.share(default=1)
    valid_from = col.time()
    valid_to = col.time()


class Ownership(Interval):
    TABLE = "raw_catalog__ownership"
    KEY = ("object_type", "object_id", "side", "party_id", "territory", "valid_from")

    object_type = col.code(("recording", "work"), required=True)
    object_id = col.identifier(required=True)
    side = col.code(SIDES, required=True)
    party_id = col.identifier(required=True)
    territory = col.territory()
    share_pct = col.percent()
    valid_from = col.time(required=True)
    valid_to = col.time()


class Routes(Interval):
    TABLE = "raw_catalog__routes"
    KEY = ("party_id", "side", "territory", "product_id", "valid_from")

    party_id = col.identifier(required=True)
    side = col.code(SIDES, required=True)
    territory = col.territory()
    product_id = col.identifier(required=True)
    partner_id = col.identifier(required=True)
    contract_id = col.identifier(required=True)
    valid_from = col.time(required=True)
    valid_to = col.time()


class Credits(Contract):
    TABLE = "raw_catalog__credits"
    KEY = ("derivative_id", "object_id", "party_id", "role")

    derivative_id = col.identifier(required=True)
    object_id = col.identifier(required=True)
    party_id = col.identifier(required=True)
    role = col.identifier(required=True)
    displayed_from = col.time(required=True)


class Generations(Contract):
    TABLE = "raw_ai_usage__generations"
    KEY = ("generation_id",)

    generation_id = col.identifier(required=True)
    idempotency_key = col.identifier(required=True)
    occurred_at = col.time(required=True, event=True)
    user_key = col.identifier(required=True)
    product_id = col.identifier(required=True)
    model_version = col.identifier()
    use_type = col.code(USE_TYPES, required=True)
    territory = col.territory()
    tier = col.code(TIERS, required=True)
    status = col.code(("completed", "blocked", "failed"), required=True)
    block_reason = col.text()
    source_recording_ids = col.identifiers(required=True)
    derivative_id = col.identifier()
    is_test = col.boolean()


class Derivatives(Contract):
    TABLE = "raw_ai_usage__derivatives"
    KEY = ("derivative_id",)

    derivative_id = col.identifier(required=True)
    generation_id = col.identifier()
    parent_derivative_id = col.identifier()
    isrc = col.isrc()
    isrc_original = col.kept_original()
    published_at = col.time(event=True)
    disabled_at = col.time()

    @dy.rule()
    def own_parent(cls) -> pl.Expr:
        return pl.col("parent_derivative_id") != pl.col("derivative_id")


class Attributions(Contract):
    TABLE = "raw_ai_usage__attributions"
    KEY = ("derivative_id", "side", "source_object_id", "attribution_version")

    derivative_id = col.identifier(required=True)
    side = col.code(SIDES, required=True)
    source_object_id = col.identifier(required=True)
    weight = col.weight()
    attribution_version = col.identifier(required=True)
    confidence = col.score()
    evidence_sha256 = col.text()


class DerivativePlays(Contract):
    TABLE = "raw_ai_usage__derivative_plays"
    KEY = ("play_date", "derivative_id", "territory", "tier")

    play_date = col.date(required=True, event=True)
    derivative_id = col.identifier(required=True)
    territory = col.territory()
    tier = col.code(TIERS, required=True)
    plays = col.count(required=True)
    short_plays = col.count(default=0)
    artificial_plays = col.count(default=0)
    seconds = col.count()
    listeners = col.count()

    @dy.rule()
    def artificial_plays_over_plays(cls) -> pl.Expr:
        return (pl.col("artificial_plays") <= pl.col("plays")) | (pl.col("plays") < 0)


class TrainingInclusions(Contract):
    TABLE = "raw_ai_usage__training_inclusions"
    KEY = ("model_version", "side", "object_id")

    model_version = col.identifier(required=True)
    product_id = col.identifier(required=True)
    side = col.code(SIDES, required=True)
    object_id = col.identifier(required=True)
    included_at = col.time(required=True)


class FanSignals(Contract):
    TABLE = "raw_ai_usage__fan_signals"
    KEY = ("month", "recording_id", "territory")

    month = col.month()
    recording_id = col.identifier(required=True)
    territory = col.territory()
    derivative_listeners = col.count(required=True)
    source_listeners_within_7_days = col.count()
    new_fans = col.count()
    follows = col.count()
    saves = col.count()
    source_plays_28_days = col.count()
    expected_source_plays_28_days = col.money()


class Notices(Contract):
    TABLE = "raw_removals__notices"
    KEY = ("notice_id",)

    notice_id = col.identifier(required=True)
    puid = col.identifier(length=500)
    notifier_kind = col.code(
        ("partner", "artist", "trusted_flagger", "user", "authority"), required=True
    )
    notifier_party_id = col.identifier()
    received_at = col.time(required=True, event=True)
    is_valid = col.boolean()
    withdrawn_at = col.time()


class Appeals(Contract):
    TABLE = "raw_removals__appeals"
    KEY = ("appeal_id",)

    appeal_id = col.identifier(required=True)
    puid = col.identifier(required=True, length=500)
    kind = col.code(
        ("internal", "counter_notice", "out_of_court", "authorised_later"), required=True
    )
    filed_at = col.time(required=True, event=True)
    decided_at = col.time(event=True)
    outcome = col.code(("upheld", "overturned", "reinstated_authorised"))
    reinstated_at = col.time()
    # The notifier's suit, which keeps the content down in spite of a counter notice.
    suit_filed_at = col.time(event=True)


class Revenue(Contract):
    TABLE = "raw_finance__revenue"
    KEY = ("usage_month", "territory", "product_id", "tier")

    usage_month = col.month()
    territory = col.territory()
    product_id = col.identifier(required=True)
    tier = col.code(TIERS, required=True)
    currency = col.currency(required=True)
    gross = col.money(required=True)
    indirect_tax = col.money(default=0)
    refunds = col.money(default=0)
    payment_fees = col.money(default=0)
    deductions = col.money(default=0)
    subscribers = col.count(default=0)


class FxRates(Contract):
    TABLE = "raw_finance__fx_rates"
    KEY = ("rate_date", "base_currency", "quote_currency", "provider")

    rate_date = col.date(required=True)
    base_currency = col.currency(required=True)
    quote_currency = col.currency(required=True)
    rate = col.exchange_rate()
    provider = col.identifier(required=True)
