"""The central join in Polars, as a user without a warehouse would write it.

It does the same joins and sums as `floor.sql` up to the lines: no history, no consent, no exact
rounding. Its figures are only useful for timing.
"""

import argparse
import json
from pathlib import Path

import polars as pl

POOL = ["usage_month", "territory", "product_id", "tier", "side"]
LINE = [*POOL, "object_id", "party_id"]


def lines_of(files: dict[str, list[str]]) -> pl.LazyFrame:
    """Quantity, weight and amount by month, pool, recording or work, and owner."""

    def table(name: str) -> pl.LazyFrame:
        return pl.scan_parquet(files[name])

    products = table("raw_licensing__products").select("product_id", "weight_basis")
    generations = (
        table("raw_ai_usage__generations")
        .filter((pl.col("status") == "completed") & ~pl.col("is_test").fill_null(value=False))
        .sort("recorded_at")
        .unique("idempotency_key", keep="last")
        .join(products, on="product_id")
    )
    of_generations = generations.filter(pl.col("weight_basis") == "generations").select(
        "derivative_id",
        "territory",
        "tier",
        "product_id",
        used_at="occurred_at",
        quantity=pl.lit(1, pl.Int64),
    )
    of_plays = (
        table("raw_ai_usage__derivative_plays")
        .join(
            table("raw_ai_usage__derivatives").select("derivative_id", "generation_id"),
            on="derivative_id",
        )
        .join(
            generations.filter(pl.col("weight_basis") == "plays").select(
                "generation_id", "product_id"
            ),
            on="generation_id",
        )
        .select(
            "derivative_id",
            "territory",
            "tier",
            "product_id",
            used_at=pl.col("play_date").cast(pl.Datetime("us")),
            quantity=pl.col("plays") - pl.col("artificial_plays").fill_null(0),
        )
    )
    weights = (
        table("raw_ai_usage__attributions")
        .sort("recorded_at", "attribution_version")
        .filter(
            pl.col("attribution_version")
            == pl.col("attribution_version").last().over("derivative_id", "side")
        )
        .select("derivative_id", "side", object_id="source_object_id", source_weight="weight")
    )
    owners = table("raw_catalog__ownership").select(
        "object_id", "side", "party_id", "share_pct", "valid_from", "valid_to", area="territory"
    )
    source_uses = (
        pl.concat([of_generations, of_plays])
        .join(weights, on="derivative_id")
        .join(owners, on=["object_id", "side"])
        .filter(
            (pl.col("area") == "WW") | (pl.col("area") == pl.col("territory")),
            pl.col("valid_from") <= pl.col("used_at"),
            pl.col("valid_to").is_null() | (pl.col("valid_to") > pl.col("used_at")),
        )
        .with_columns(
            usage_month=pl.col("used_at").dt.strftime("%Y-%m"),
            weight=pl.col("quantity")
            * pl.col("source_weight").cast(pl.Float64)
            * pl.col("share_pct").cast(pl.Float64),
        )
    )
    pools = source_uses.group_by(POOL).agg(pool_weight=pl.col("weight").sum())
    revenue = (
        table("raw_finance__revenue")
        .unique(POOL[:-1])
        .select(*POOL[:-1], gross=pl.col("gross").cast(pl.Float64))
    )
    return (
        source_uses.group_by(LINE)
        .agg(pl.col("quantity").sum(), pl.col("weight").sum())
        .join(pools, on=POOL)
        .join(revenue, on=POOL[:-1], how="left")
        .with_columns(amount=pl.col("gross") * pl.col("weight") / pl.col("pool_weight"))
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Time the central join in Polars over one lake.")
    parser.add_argument("files", type=Path, help="JSON: table -> its Parquet files")
    parser.add_argument("target", type=Path)
    arguments = parser.parse_args()
    found = json.loads(arguments.files.read_text(encoding="utf-8"))
    lines_of(found).sink_parquet(arguments.target)
