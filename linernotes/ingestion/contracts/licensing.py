"""Contracts of the licensing feeds: products, contracts with all their terms, and consents.

`terms.py` turns nested terms into columns; the models compute the amounts.
"""

from typing import Any, ClassVar

import dataframely as dy
import polars as pl

from linernotes.ingestion import columns as col
from linernotes.ingestion.contracts import terms
from linernotes.ingestion.contracts.base import SIDES, USE_TYPES, Contract, NestedRows, Period


class Products(Contract):
    """An AI product and the weighting of its uses. One row per product and version."""

    TABLE = "raw_licensing__products"
    KEY = ("product_id",)
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "product_id": "remix-studio",
        "name": "Remix Studio",
        "kind": "remix",
        "launched_at": "2025-06-01T00:00:00Z",
        "weight_basis": "plays",
        "default_share_master": "0.5",
        "default_share_work": "0.15",
        "remainder_rule": "service",
        "weight_floor": "0.01",
        "attribution_fallback": "equal_sources",
        "recorded_at": "2026-01-05T06:00:00Z",
    }
    ADVICE: ClassVar[dict[str, str]] = {
        "default_shares_over_one": "both sides together accrue more than the pool; correct one",
    }

    product_id = col.identifier("The product.", required=True)
    name = col.text("Its name.", required=True)
    kind = col.code(
        "The kind of product.",
        ("remix", "cover", "mashup", "voice", "dj", "playlist", "training"),
        required=True,
    )
    launched_at = col.time("When it was launched.", required=True)
    weight_basis = col.code(
        "Whether plays or generations determine weights.", ("plays", "generations"), required=True
    )
    default_share_master = col.share(
        "Share of net revenue for master rights, unless a contract sets another.", required=True
    )
    default_share_work = col.share(
        "Share of net revenue for works, unless a contract sets another.", required=True
    )
    remainder_rule = col.code(
        "Whether amounts without a possible claimant are held or stay with the service.",
        ("hold", "service"),
        required=True,
    )
    weight_floor = col.share("The lowest weight that counts.")
    attribution_fallback = col.code(
        "Without an attribution: equal weights for all sources, or the money is held.",
        ("equal_sources", "hold"),
        required=True,
    )

    @dy.rule()
    def default_shares_over_one(cls) -> pl.Expr:
        shares = pl.col("default_share_master") + pl.col("default_share_work")
        return pl.col("is_withdrawn") | (shares <= 1)


class ContractWithholdings(Period):
    """A tax rate that a contract withholds. It is part of a contract and has no separate file.

    One row per contract version, source territory, start and version.
    """

    TABLE = "raw_licensing__contract_withholdings"
    KEY = ("contract_id", "version", "source_territory", "valid_from")

    contract_id = col.identifier("The contract.", required=True)
    version = col.count("The contract's version.", required=True)
    source_territory = col.territory("The territory where the money was earned.")
    rate = col.share("The withholding rate.", required=True)
    valid_from = col.time("Start of validity, inclusive.")
    valid_to = col.time("End of validity, exclusive.")


class Contracts(Period):
    """A contract with a partner, one JSON object a line.

    One row per contract, contract version and version. If contract versions overlap, the highest
    applies.
    """

    TABLE = "raw_licensing__contracts"
    KEY = ("contract_id", "version")
    FORMS = (".jsonl",)
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "contract_id": "contract-1",
        "version": 1,
        "partner_id": "partner-1",
        "side": "MASTER",
        "product_ids": ["*"],
        "currency": "EUR",
        "silence": "deny",
        "required_parties": ["owner", "main_artist"],
        "model": "greater_of",
        "revenue_share": "0.5",
        "per_use_minimum": "0.002",
        "rate_currency": "EUR",
        "advance": {"amount": "50000", "paid_on": "2026-01-15"},
        "reserve": {"rate": "0.1", "release_after_months": 6},
        "withholding": [{"source_territory": "ID", "rate": "0.1"}],
        "fx_rule": "usage_month_end",
        "late_usage": "provision",
        "signed_at": "2025-12-01T00:00:00Z",
        "valid_from": "2026-01-01T00:00:00Z",
        "recorded_at": "2026-01-05T06:00:00Z",
    }
    ADVICE: ClassVar[dict[str, str]] = {
        "terms_of_model_missing": "the model lacks its terms; give revenue_share for pro_rata, that"
        " or a minimum for greater_of, rate or per_use_minimum for per_use, training_fee amount for"
        " equal_per_work",
    }
    NESTED = NestedRows(
        "withholding",
        ContractWithholdings,
        terms.withholding_rows,
        ("source_territory", "valid_from"),
    )

    contract_id = col.identifier("The contract.", required=True)
    version = col.count("The contract's version; a new one amends it.", required=True)
    partner_id = col.identifier("The partner that is paid.", required=True)
    side = col.code("Master rights or rights in the work.", SIDES, required=True)
    product_ids = col.identifiers('The products that it covers, or ["*"] for all.', required=True)
    currency = col.currency("The currency of payment.", required=True)
    silence = col.code("The default if a party has not decided.", ("deny", "allow"), required=True)
    silence_clause = col.text("The clause with that default.")
    required_parties = col.codes(
        "The parties whose consent each use needs.",
        ("owner", "main_artist", "featured_artist", "writer"),
        required=True,
    )
    model = col.code(
        "The method of computing the fee.",
        ("pro_rata", "per_use", "greater_of", "equal_per_work"),
        required=True,
    )
    revenue_share = col.share("Share of net revenue.")
    per_subscriber_minimum = col.rate("Minimum per subscriber and month.")
    per_use_minimum = col.rate("Minimum per use.", positive=True)
    rate = col.rate("Price per use.", positive=True)
    rate_currency = col.currency("The currency of rate and minimums.")
    pays_free_uses = col.boolean("Whether uses in free tiers are paid.", default=False)
    minimum_guarantee_amount = col.money("The guaranteed minimum per period.")
    minimum_guarantee_period_months = col.months("The length of a period.")
    minimum_guarantee_starts_on = col.date("The first day of the first period.")
    advance_amount = col.money("The advance paid, to be recouped.")
    advance_paid_on = col.date("When it was paid.")
    advance_product_ids = col.identifiers("The products whose fees recoup it; absent for all.")
    training_fee_model_version = col.identifier("The model version of the training fee.")
    training_fee_amount = col.money("The training fee.")
    training_fee_usage_month = col.month("The usage month of the training fee.", required=False)
    reserve_rate = col.share("The share of each fee that is kept in reserve.")
    reserve_release_after_months = col.months(
        "The number of months after which the reserve is released."
    )
    fee_rate = col.share("The commission of a collective or an aggregator.")
    fraud_penalty_threshold = col.money(
        "The number of artificial plays in a month from which a penalty is due."
    )
    fraud_penalty_amount = col.money("The penalty.")
    fraud_penalty_currency = col.currency("Its currency.")
    minimum_payout = col.money("The lowest balance that is paid out.")
    # A list of objects as JSON text; its rows are in raw_licensing__contract_withholdings.
    withholding = col.text("Taxes withheld, by source territory: a list of objects.")
    fx_rule = col.code(
        "The day whose exchange rate applies.", ("usage_month_end", "payment_date"), required=True
    )
    late_usage = col.code(
        "Whether a provision is made for late-reported usage.", ("provision", "none"), required=True
    )
    run_off_days = col.days(
        "The number of days after its end for which published derivatives are still paid."
    )
    mfn_group = col.text(
        "The most-favoured-nation group; its contracts all get the best terms in it."
    )
    signed_at = col.time("When it was signed.", required=True)
    valid_from = col.time("Start of validity, inclusive.", required=True)
    valid_to = col.time("End of validity, exclusive.")

    @classmethod
    def laid_out(cls, sent: dict[str, Any]) -> dict[str, Any]:
        return terms.flatten(sent)

    @classmethod
    def object_of(cls, name: str) -> tuple[str, str] | None:
        return terms.PLACES.get(name)

    @classmethod
    def json_properties(cls, properties: dict[str, Any]) -> dict[str, Any]:
        return terms.nested(properties)

    @dy.rule()
    def terms_of_model_missing(cls) -> pl.Expr:
        """Without its terms a model computes no fee, and the partner would not be paid."""
        model = pl.col("model")
        no_share = pl.col("revenue_share").is_null()
        no_minimum = pl.col("per_use_minimum").is_null()
        # One alternative is enough: a most-favoured-nation clause may add the others.
        no_arm = no_share & no_minimum & pl.col("per_subscriber_minimum").is_null()
        return pl.col("is_withdrawn") | ~(
            ((model == "pro_rata") & no_share)
            | ((model == "greater_of") & no_arm)
            | ((model == "per_use") & no_minimum & pl.col("rate").is_null())
            | ((model == "equal_per_work") & pl.col("training_fee_amount").is_null())
        )


class Consents(Period):
    """A consent or refusal of an owner, artist or writer. One row per decision and version."""

    TABLE = "raw_licensing__consents"
    KEY = ("decision_id",)
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "decision_id": "decision-1",
        "party_id": "artist-1",
        "voice": "artist",
        "object_type": "recording",
        "object_id": "recording-1",
        "use_type": "remix",
        "product_id": "*",
        "territory": "WW",
        "decision": "allow",
        "valid_from": "2026-01-01T00:00:00Z",
        "signed_at": "2025-12-20T09:00:00Z",
        "recorded_at": "2026-01-05T06:00:00Z",
    }

    decision_id = col.identifier("The decision.", required=True)
    party_id = col.identifier("The party that made the decision.", required=True)
    voice = col.code(
        "The capacity in which it decides.",
        ("owner", "artist", "featured_artist", "writer"),
        required=True,
    )
    object_type = col.code(
        "The kind of object that it decides on.",
        ("recording", "work", "release", "artist", "label", "catalogue", "likeness"),
        required=True,
    )
    object_id = col.identifier("The object; absent for a catalogue or a likeness.")
    use_type = col.code(
        "The use that it covers, or * for every use.", ("*", *USE_TYPES), required=True
    )
    product_id = col.identifier("The product that it covers, or * for all.", required=True)
    model_version = col.identifier("The model version that it covers.")
    territory = col.territory("The territory that it covers.")
    decision = col.code("The decision.", ("allow", "deny"), required=True)
    daily_limit = col.count("The maximum number of uses per day.")
    max_influence = col.share("The highest weight that the object may have in a derivative.")
    valid_from = col.time("Start of validity, inclusive.", required=True)
    valid_to = col.time("End of validity, exclusive.")
    signed_at = col.time("When it was signed.")
    enforced_at = col.time("When the products put it into effect.")
    evidence_sha256 = col.text("SHA-256 of the signed document.")
    evidence_state = col.code(
        "Whether the document was checked; absent means not yet.", ("verified", "mismatch")
    )
