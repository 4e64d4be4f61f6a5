"""Draws columns of usage for many rows at once, and makes rows that the intake must reject.

`usage.py` draws the requests of a month.
"""

import numpy as np
import polars as pl

from sampleservice.batch import Batch
from sampleservice.catalog import Catalog
from sampleservice.files import chosen, decimals
from sampleservice.randomness import Draws, Ints

BILLION = 1_000_000_000
# Plays in a year per track: share of tracks and bounds, zero first.
PLAY_BUCKETS = (
    (0.22, 0, 0),
    (0.24, 1, 10),
    (0.236, 10, 100),
    (0.171, 100, 1_000),
    (0.119, 1_000, 100_000),
    (0.0104, 100_000, 1_000_000),
    (0.0036, 1_000_000, 3_000_000),
)


def yearly_plays_of(draws: Draws, count: int) -> Ints:
    """Draw a bucket by its share of tracks, then log-uniformly inside it."""
    bucket = draws.pick([share for share, _, _ in PLAY_BUCKETS], count)
    low = np.array([max(low, 1) for _, low, _ in PLAY_BUCKETS])[bucket]
    high = np.array([max(high, 1) for _, _, high in PLAY_BUCKETS])[bucket]
    plays = low * (high / low) ** draws.units(count)
    return np.where(bucket == 0, 0, plays.astype(np.int64))


def weights_of(draws: Draws, batch: Batch, made: Ints) -> Ints:
    """Billionths per source, in the fifth column for a parent; most rows sum to a billion."""
    sources = batch.sources[made]
    used = np.zeros((len(made), 5), dtype=bool)
    used[:, :4] = sources >= 0
    used[:, 4] = batch.parent[made] >= 0
    raw = np.where(used, 200_000 + draws.ints(0, 800_000, len(made) * 5).reshape(-1, 5), 0)
    raw[:, 4] = np.where(used[:, 4], raw[:, :4].sum(axis=1), 0)
    whole = np.where(
        draws.chance(0.08, len(made)), BILLION - draws.ints(1, 9, len(made)) * 10_000_000, BILLION
    )
    whole[: batch.planted] = BILLION
    weights = raw * 10_000 // raw.sum(axis=1, keepdims=True) * (whole[:, None] // 10_000)
    faint = (sources[:, 1] >= 0) & draws.chance(0.02, len(made))
    weights[faint, 1] = 4_000_000
    rest = whole - weights.sum(axis=1)
    weights[:, 0] += rest
    return weights


def second_opinion(
    draws: Draws, masters: pl.DataFrame, works: pl.DataFrame, catalog: Catalog
) -> pl.DataFrame:
    """New weights for outputs with several sources; three in ten unknown sources are identified."""
    unknown = pl.col("source_object_id").str.starts_with("unknown:")
    found = chosen(catalog.recording_ids, draws.ints(0, catalog.uploads_from, masters.height))
    solved = draws.chance(0.3, masters.height)
    frame = masters.with_columns(found=found, solved=solved)
    taken = frame.group_by("derivative_id").agg(pl.col("source_object_id").alias("others"))
    frame = frame.join(taken, on="derivative_id", how="left", maintain_order="left")
    frame = frame.with_columns(
        source_object_id=pl.when(
            unknown & pl.col("solved") & ~pl.col("others").list.contains(pl.col("found"))
        )
        .then(pl.col("found"))
        .otherwise(pl.col("source_object_id"))
    ).select(masters.columns)
    both = pl.concat([frame, works])
    group = ["derivative_id", "side"]
    shift = pl.int_range(pl.len()).over(group) == 0
    moved = pl.when(pl.len().over(group) > 1).then(pl.col("units").min().over(group) // 4)
    last = pl.int_range(pl.len(), 0, -1).over(group) == 1
    both = both.with_columns(
        units=pl.col("units")
        + pl.when(shift).then(moved.fill_null(0)).otherwise(0)
        - pl.when(last).then(moved.fill_null(0)).otherwise(0)
    )
    touched = both.group_by("derivative_id").agg(
        (pl.len() > 2).alias("several"), unknown.any().alias("open")
    )
    wanted = touched.filter("several")["derivative_id"]
    known_now = masters.filter(unknown & pl.Series(solved))["derivative_id"]
    keep = pl.concat([wanted, known_now]).unique()
    return both.filter(pl.col("derivative_id").is_in(keep.implode()))


def attribution_columns(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(
        "derivative_id",
        "side",
        "source_object_id",
        decimals(rows["units"].to_numpy(), 9).alias("weight"),
        "attribution_version",
        "confidence",
        "recorded_at",
    )


def overweight_set(rows: pl.DataFrame, label: str) -> pl.DataFrame:
    """A set whose weights sum to 1.02, all of which the intake must reject."""
    first = rows.head(1).with_columns(derivative_id=pl.lit(f"drv-faulty-{label}"))
    return pl.concat(
        [
            first.with_columns(units=pl.lit(620_000_000, pl.Int64)),
            first.with_columns(
                units=pl.lit(400_000_000, pl.Int64), source_object_id=pl.lit("rec-000001")
            ),
        ]
    ).with_columns(source_object_id=pl.Series(["rec-000002", "rec-000001"]))


def earlier_attempts(draws: Draws, rows: pl.DataFrame) -> pl.DataFrame:
    """Earlier attempts of a client's retries: same idempotency key, four seconds before."""
    made = rows.filter(
        draws.chance(0.005, rows.height) & (rows["status"] == "completed").to_numpy()
    )
    failed = draws.chance(0.5, made.height)
    return made.with_columns(
        generation_id=pl.col("generation_id") + "-a",
        occurred_at=pl.col("occurred_at") - pl.duration(seconds=4),
        recorded_at=pl.col("recorded_at") - pl.duration(seconds=4),
        status=pl.when(pl.Series(failed)).then(pl.lit("failed")).otherwise(pl.lit("completed")),
        derivative_id=pl.lit(None, pl.String),
    )


def faulty_requests(rows: pl.DataFrame, count: int, label: str) -> pl.DataFrame:
    """Rows that each break a rule: a territory, a tier or a use type that does not exist."""
    bad = rows.head(count).with_columns(
        generation_id=pl.format("gen-faulty-{}-{}", pl.lit(label), pl.int_range(pl.len()))
    )
    number = pl.int_range(pl.len())
    return bad.with_columns(
        idempotency_key=pl.col("generation_id"),
        territory=pl.when(number % 3 == 0).then(pl.lit("UK")).otherwise("territory"),
        tier=pl.when(number % 3 == 1).then(pl.lit("gold")).otherwise("tier"),
        use_type=pl.when(number % 3 == 2).then(pl.lit("dance")).otherwise("use_type"),
    )
