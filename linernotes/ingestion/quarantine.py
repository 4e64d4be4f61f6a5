"""The quarantine: rejected rows, with their text and every rule that they break.

`checking` and `screening` check rows; `retry.py` loads them again.
"""

from pathlib import Path

import polars as pl

from linernotes.base.clock import exact_now
from linernotes.ingestion.lake import Lake
from linernotes.ingestion.lake_tables import QUARANTINED_ROWS
from linernotes.ingestion.register import DeliveryOutcome
from linernotes.ingestion.staged_files import read_rows

_MARKED_AT_ONCE = 5_000


def gathered(faults: pl.DataFrame) -> pl.DataFrame:
    """One row per rejected row, with all its rules and what to do about each."""
    return (
        faults.sort("row_number", "rule")
        .group_by("row_number", maintain_order=True)
        .agg(broken_rules=pl.col("rule").unique(maintain_order=True), details=pl.col("details"))
        .with_columns(details=pl.col("details").list.unique(maintain_order=True).list.join("; "))
    )


def as_rows(
    outcome: DeliveryOutcome,
    faults: pl.DataFrame,
    texts: dict[int, str],
    header_text: str | None,
) -> pl.DataFrame:
    """The rejected rows of a delivery in the quarantine's columns."""
    return gathered(faults).with_columns(
        delivery_id=pl.lit(outcome.delivery_id),
        source=pl.lit(outcome.source),
        feed=pl.lit(outcome.feed),
        original_text=pl.col("row_number").replace_strict(
            texts, default=None, return_dtype=pl.String
        ),
        header_text=pl.lit(header_text, dtype=pl.String),
        quarantined_at=pl.lit(exact_now()),
        retried_as=pl.lit(None, dtype=pl.String),
    )


def keep(lake: Lake, outcome: DeliveryOutcome, rows: pl.DataFrame, scratch: Path) -> None:
    """Write the rejected rows of a delivery into the quarantine."""
    lake.append(QUARANTINED_ROWS, rows, outcome.transaction_id, scratch)


def open_deliveries(lake: Lake, delivery_id: str | None) -> list[str]:
    """Deliveries with waiting rows: one, or all."""
    rows = lake.read(QUARANTINED_ROWS).filter(pl.col("retried_as").is_null())
    if delivery_id is not None:
        rows = rows.filter(pl.col("delivery_id") == delivery_id)
    ids = read_rows(rows.select(pl.col("delivery_id").unique().sort()))
    return ids["delivery_id"].to_list()


def mark_retried(lake: Lake, delivery_id: str, row_numbers: list[int], retried_as: str) -> None:
    """Record for rows the delivery with which they were loaded later."""
    for start in range(0, len(row_numbers), _MARKED_AT_ONCE):
        numbers = ", ".join(map(str, row_numbers[start : start + _MARKED_AT_ONCE]))
        lake.update(
            QUARANTINED_ROWS,
            {"retried_as": f"'{retried_as}'"},
            f"delivery_id = '{delivery_id}' and row_number in ({numbers})",
        )


def mark_settled(lake: Lake, rows: pl.DataFrame, settled_by: str) -> None:
    """Record for rows (`delivery_id`, `row_number`) the delivery or closing that settled them."""
    for (delivery_id,), group in rows.sort("delivery_id").group_by(
        "delivery_id", maintain_order=True
    ):
        mark_retried(lake, str(delivery_id), group["row_number"].to_list(), settled_by)


def written(rows: pl.DataFrame, folder: Path) -> Path:
    """The stored texts as a file: CSV if they have a header, else JSON Lines."""
    header = rows["header_text"][0]
    path = folder / ("retry.jsonl" if header is None else "retry.csv")
    lines = [] if header is None else [header]
    path.write_text("\n".join([*lines, *rows["original_text"], ""]), encoding="utf-8", newline="")
    return path


def summary(lake: Lake) -> pl.DataFrame:
    """One row per delivery with rows in quarantine: total, still waiting, and broken rules."""
    return read_rows(
        lake.read(QUARANTINED_ROWS)
        .group_by("delivery_id", "source", "feed")
        .agg(
            row_count=pl.len(),
            open_row_count=pl.col("retried_as").is_null().sum(),
            broken_rules=pl.col("broken_rules").list.explode().unique().sort(),
            quarantined_at=pl.col("quarantined_at").min(),
        )
        .sort("quarantined_at", "source", "feed", "delivery_id")
    )


def rows_of(lake: Lake, delivery_id: str) -> pl.DataFrame:
    """The quarantined rows of one delivery, in the order of its file."""
    return read_rows(
        lake.read(QUARANTINED_ROWS).filter(pl.col("delivery_id") == delivery_id).sort("row_number")
    )
