"""What the licensing feeds promise: products, contracts with all their terms, and consents.

The rest of the feeds is in `contracts.py`; how nested terms become columns is in
`contract_terms.py`.
"""

import dataframely as dy
import polars as pl

from linernotes.ingestion import columns as col
from linernotes.ingestion.contracts import SIDES, USE_TYPES, Contract, Interval


class Products(Contract):
    TABLE = "raw_licensing__products"
    KEY = ("product_id",)

    product_id = col.identifier(required=True)
    name = col.text(required=True)
    kind = col.code(
        ("remix", "cover", "mashup", "voice", "dj", "playlist", "training"), required=True
    )
    launched_at = col.time(required=True)
    weight_basis = col.code(("plays", "generations"), required=True)
    default_share_master = col.share(required=True)
    default_share_work = col.share(required=True)
    remainder_rule = col.code(("hold", "service"), required=True)
    weight_floor = col.share()
    attribution_fallback = col.code(("equal_sources", "hold"), required=True)

    @dy.rule()
    def default_shares_over_one(cls) -> pl.Expr:
        shares = pl.col("default_share_master") + pl.col("default_share_work")
        return pl.col("is_withdrawn") | (shares <= 1)


class Contracts(Interval):
    TABLE = "raw_licensing__contracts"
    KEY = ("contract_id", "version")
    FORMS = (".jsonl",)

    contract_id = col.identifier(required=True)
    version = col.count(required=True)
    partner_id = col.identifier(required=True)
    side = col.code(SIDES, required=True)
    product_ids = col.identifiers(required=True)
    currency = col.currency(required=True)
    silence = col.code(("deny", "allow"), required=True)
    silence_clause = col.text()
    required_parties = col.codes(
        ("owner", "main_artist", "featured_artist", "writer"), required=True
    )
    model = col.code(("pro_rata", "per_use", "greater_of", "equal_per_work"), required=True)
    revenue_share = col.share()
    per_subscriber_minimum = col.rate()
    per_use_minimum = col.rate(positive=True)
    rate = col.rate(positive=True)
    rate_currency = col.currency()
    pays_free_uses = col.boolean(default=False)
    minimum_guarantee_amount = col.money()
    minimum_guarantee_period_months = col.months()
    minimum_guarantee_starts_on = col.date()
    advance_amount = col.money()
    advance_paid_on = col.date()
    advance_product_ids = col.identifiers()
    training_fee_model_version = col.identifier()
    training_fee_amount = col.money()
    training_fee_usage_month = col.optional_month()
    reserve_rate = col.share()
    reserve_release_after_months = col.months()
    fee_rate = col.share()
    fraud_penalty_threshold = col.money()
    fraud_penalty_amount = col.money()
    fraud_penalty_currency = col.currency()
    minimum_payout = col.money()
    # A list of objects as JSON text; its rows stand in raw_licensing__contract_withholdings.
    withholding = col.text()
    fx_rule = col.code(("usage_month_end", "payment_date"), required=True)
    late_usage = col.code(("provision", "none"), required=True)
    run_off_days = col.days()
    mfn_group = col.text()
    signed_at = col.time(required=True)
    valid_from = col.time(required=True)
    valid_to = col.time()

    @dy.rule()
    def terms_of_model_missing(cls) -> pl.Expr:
        """A model without its terms computes no fee, and the partner would get nothing."""
        model = pl.col("model")
        no_share = pl.col("revenue_share").is_null()
        no_minimum = pl.col("per_use_minimum").is_null()
        # The larger of one arm is that arm: a most-favoured-nation clause may bring the others.
        no_arm = no_share & no_minimum & pl.col("per_subscriber_minimum").is_null()
        return pl.col("is_withdrawn") | ~(
            ((model == "pro_rata") & no_share)
            | ((model == "greater_of") & no_arm)
            | ((model == "per_use") & no_minimum & pl.col("rate").is_null())
            | ((model == "equal_per_work") & pl.col("training_fee_amount").is_null())
        )


class ContractWithholdings(Interval):
    """The rows inside a contract's `withholding`; no file of their own."""

    TABLE = "raw_licensing__contract_withholdings"
    KEY = ("contract_id", "version", "source_territory", "valid_from")

    contract_id = col.identifier(required=True)
    version = col.count(required=True)
    source_territory = col.territory()
    rate = col.share(required=True)
    valid_from = col.time()
    valid_to = col.time()


class Consents(Interval):
    TABLE = "raw_licensing__consents"
    KEY = ("decision_id",)

    decision_id = col.identifier(required=True)
    party_id = col.identifier(required=True)
    voice = col.code(("owner", "artist", "featured_artist", "writer"), required=True)
    object_type = col.code(
        ("recording", "work", "release", "artist", "label", "catalogue", "likeness"), required=True
    )
    object_id = col.identifier()
    use_type = col.code(("*", *USE_TYPES), required=True)
    product_id = col.identifier(required=True)
    model_version = col.identifier()
    territory = col.territory()
    decision = col.code(("allow", "deny"), required=True)
    daily_limit = col.count()
    max_influence = col.share()
    valid_from = col.time(required=True)
    valid_to = col.time()
    signed_at = col.time()
    enforced_at = col.time()
    evidence_sha256 = col.text()
    evidence_state = col.code(("verified", "mismatch"))
