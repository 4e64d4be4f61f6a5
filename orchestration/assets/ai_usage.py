"""Raw tables of AI usage: generations, derivatives, their sources and plays.

Consent is judged in the models.
"""

import dagster as dg

from orchestration.assets.loading import admit
from orchestration.partitions import delivery_days, usage_months
from orchestration.resources import Home


@dg.asset(key_prefix="raw", kinds={"polars", "delta"}, partitions_def=delivery_days)
def raw_ai_usage__generations(home: Home) -> dg.MaterializeResult:
    """Generations as the AI products logged them. One row per logged generation and version.

    Running it again loads nothing twice: a delivery is known by its content.
    """
    return admit(home, "ai_usage/generations", "raw_ai_usage__generations")


@dg.asset(key_prefix="raw", kinds={"polars", "delta"}, partitions_def=delivery_days)
def raw_ai_usage__derivatives(home: Home) -> dg.MaterializeResult:
    """What generations left behind for others to play. One row per derivative and version."""
    return admit(home, "ai_usage/derivatives", "raw_ai_usage__derivatives")


@dg.asset(key_prefix="raw", kinds={"polars", "delta"}, partitions_def=delivery_days)
def raw_ai_usage__attributions(home: Home) -> dg.MaterializeResult:
    """Weights of a derivative's sources.

    One row per derivative, side, source, attribution version and version.
    """
    return admit(home, "ai_usage/attributions", "raw_ai_usage__attributions")


@dg.asset(key_prefix="raw", kinds={"polars", "delta"}, partitions_def=delivery_days)
def raw_ai_usage__derivative_plays(home: Home) -> dg.MaterializeResult:
    """Plays of derivatives. One row per day, derivative, territory, tier and version."""
    return admit(home, "ai_usage/derivative_plays", "raw_ai_usage__derivative_plays")


@dg.asset(key_prefix="raw", kinds={"polars", "delta"}, partitions_def=delivery_days)
def raw_ai_usage__training_inclusions(home: Home) -> dg.MaterializeResult:
    """What models were trained on. One row per model version, side, object and version."""
    return admit(home, "ai_usage/training_inclusions", "raw_ai_usage__training_inclusions")


@dg.asset(key_prefix="raw", kinds={"polars", "delta"}, partitions_def=usage_months)
def raw_ai_usage__fan_signals(home: Home) -> dg.MaterializeResult:
    """Who finds the source by a derivative. One row per month, recording, territory and version."""
    return admit(home, "ai_usage/fan_signals", "raw_ai_usage__fan_signals")
