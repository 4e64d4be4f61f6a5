"""Contracts of the AI products' feeds: generations, derivatives, attributions, plays.

The models compute the value of uses.
"""

from typing import Any, ClassVar

import dataframely as dy
import polars as pl

from linernotes.ingestion import columns as col
from linernotes.ingestion.contracts.base import SIDES, TIERS, USE_TYPES, Contract, WeightSet


class Generations(Contract):
    """An AI generation as a product logged it. One row per generation and version."""

    TABLE = "raw_ai_usage__generations"
    KEY = ("generation_id",)
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "generation_id": "generation-1",
        "idempotency_key": "request-1",
        "occurred_at": "2026-01-04T10:15:30+01:00",
        "user_key": "u-5f3a",
        "product_id": "remix-studio",
        "model_version": "remix-3",
        "use_type": "remix",
        "territory": "SE",
        "tier": "paid_addon",
        "status": "completed",
        "source_recording_ids": ["recording-1"],
        "derivative_id": "derivative-1",
        "recorded_at": "2026-01-05T06:00:00Z",
    }

    generation_id = col.identifier("The generation.", required=True)
    idempotency_key = col.identifier("The request; retries of a request count once.", required=True)
    occurred_at = col.time("When it was generated.", required=True, event=True)
    user_key = col.identifier(
        "A pseudonym of the user; it never leaves the warehouse.", required=True
    )
    product_id = col.identifier("The AI product.", required=True)
    model_version = col.identifier("The model's version.")
    use_type = col.code("The kind of use of the sources.", USE_TYPES, required=True)
    territory = col.territory("The country of the user's account.")
    tier = col.code("How the user pays.", TIERS, required=True)
    status = col.code("The outcome.", ("completed", "blocked", "failed"), required=True)
    block_reason = col.text("The reason, if it was blocked.")
    source_recording_ids = col.identifiers("The recordings that it was made from.", required=True)
    derivative_id = col.identifier("The derivative that it produced.")
    is_test = col.boolean("Whether it is a test; tests are excluded from all figures.")


class Derivatives(Contract):
    """A recording that a generation produced. One row per derivative and version."""

    TABLE = "raw_ai_usage__derivatives"
    KEY = ("derivative_id",)
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "derivative_id": "derivative-1",
        "generation_id": "generation-1",
        "isrc": "SEABC2600002",
        "published_at": "2026-01-04T12:00:00Z",
        "recorded_at": "2026-01-05T06:00:00Z",
    }
    ADVICE: ClassVar[dict[str, str]] = {
        "own_parent": "a derivative cannot be its own parent; correct parent_derivative_id",
    }

    derivative_id = col.identifier("The derivative.", required=True)
    generation_id = col.identifier("The generation that produced it.")
    parent_derivative_id = col.identifier("The derivative that it was made from.")
    isrc = col.isrc("Its ISRC; a malformed one is loaded as absent, with a warning.")
    isrc_original = col.original_value()
    published_at = col.time("When it was published.", event=True)
    disabled_at = col.time("When it was disabled.")

    @dy.rule()
    def own_parent(cls) -> pl.Expr:
        return pl.col("parent_derivative_id") != pl.col("derivative_id")


class Attributions(Contract):
    """The weight of one source in a derivative.

    One row per derivative, side, source, attribution version and version.
    """

    TABLE = "raw_ai_usage__attributions"
    KEY = ("derivative_id", "side", "source_object_id", "attribution_version")
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "derivative_id": "derivative-1",
        "side": "MASTER",
        "source_object_id": "recording-1",
        "weight": "0.75",
        "attribution_version": "a1",
        "confidence": "0.9",
        "recorded_at": "2026-01-05T06:00:00Z",
    }
    WEIGHTS = WeightSet(
        ("derivative_id", "side", "attribution_version"), "source_object_id", "weight"
    )

    derivative_id = col.identifier("The derivative.", required=True)
    side = col.code("Master rights or rights in the work.", SIDES, required=True)
    source_object_id = col.identifier(
        "The source: a recording for MASTER, a work for WORK, or a parent derivative.",
        required=True,
    )
    weight = col.weight(
        "The source's weight; the weights per derivative and side sum to at most 1."
    )
    attribution_version = col.identifier(
        "The attribution run; the latest one counts.", required=True
    )
    confidence = col.score("The confidence of the attribution.")
    evidence_sha256 = col.text("SHA-256 of the evidence.")


class DerivativePlays(Contract):
    """Plays of a derivative on one day. One row per day, derivative, territory, tier and version.

    A later version replaces the row: deliver the day's total, not the increase.
    """

    TABLE = "raw_ai_usage__derivative_plays"
    KEY = ("play_date", "derivative_id", "territory", "tier")
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "play_date": "2026-01-04",
        "derivative_id": "derivative-1",
        "territory": "SE",
        "tier": "paid_addon",
        "plays": 120,
        "short_plays": 14,
        "artificial_plays": 3,
        "seconds": 16200,
        "listeners": 97,
        "recorded_at": "2026-01-05T06:00:00Z",
    }
    ADVICE: ClassVar[dict[str, str]] = {
        "artificial_plays_over_plays": "artificial_plays is part of plays; correct one of them",
    }

    play_date = col.date("The day of the plays.", required=True, event=True)
    derivative_id = col.identifier("The derivative.", required=True)
    territory = col.territory("The country of the listeners' accounts.")
    tier = col.code("How the listeners pay.", TIERS, required=True)
    plays = col.count("Plays of 30 seconds or more.", required=True)
    short_plays = col.count("Plays of less than 30 seconds; not included in plays.", default=0)
    artificial_plays = col.count("Artificial plays, included in plays.", default=0)
    seconds = col.count("Seconds played.")
    listeners = col.count("Distinct listeners.")

    @dy.rule()
    def artificial_plays_over_plays(cls) -> pl.Expr:
        return (pl.col("artificial_plays") <= pl.col("plays")) | (pl.col("plays") < 0)


class TrainingInclusions(Contract):
    """A recording or work that a model was trained on.

    One row per model version, side, object and version.
    """

    TABLE = "raw_ai_usage__training_inclusions"
    KEY = ("model_version", "side", "object_id")
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "model_version": "remix-3",
        "product_id": "remix-studio",
        "side": "MASTER",
        "object_id": "recording-1",
        "included_at": "2025-12-01T00:00:00Z",
        "recorded_at": "2026-01-05T06:00:00Z",
    }

    model_version = col.identifier("The model's version.", required=True)
    product_id = col.identifier("The product that uses the model.", required=True)
    side = col.code("Master rights or rights in the work.", SIDES, required=True)
    object_id = col.identifier("The recording or the work.", required=True)
    included_at = col.time("When it was included.", required=True)


class FanSignals(Contract):
    """How listeners of derivatives engaged with a source recording.

    One row per month, recording, territory and version.
    """

    TABLE = "raw_ai_usage__fan_signals"
    KEY = ("month", "recording_id", "territory")
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "month": "2026-01",
        "recording_id": "recording-1",
        "territory": "SE",
        "derivative_listeners": 900,
        "source_listeners_within_7_days": 210,
        "new_fans": 40,
        "follows": 12,
        "saves": 55,
        "source_plays_28_days": 1800,
        "expected_source_plays_28_days": "1500.5",
        "recorded_at": "2026-02-03T06:00:00Z",
    }

    month = col.month("The month.")
    recording_id = col.identifier("The source recording.", required=True)
    territory = col.territory("The country of the listeners' accounts.")
    derivative_listeners = col.count("Listeners of its derivatives.", required=True)
    source_listeners_within_7_days = col.count(
        "How many of them played the source within seven days."
    )
    new_fans = col.count("How many of them had not played the artist before.")
    follows = col.count("How many of them then followed the artist.")
    saves = col.count("How many of them then saved the source.")
    source_plays_28_days = col.count("Their plays of the source within 28 days.")
    expected_source_plays_28_days = col.money(
        "Plays of the source by matched controls within 28 days."
    )
