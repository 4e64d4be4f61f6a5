"""The report of a load as results of raw assets, with counts and tables as metadata.

`feeds.py` defines which feed fills which table.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

import dagster as dg
import polars as pl

from linernotes.base.settings import Settings
from linernotes.ingestion import DeliveryOutcome, Lake, LoadReport
from orchestration.markdown import markdown_table

TOP_REASONS = 5
# In a failed load: whether refused files were the only problem.
REFUSED_ONLY = "refused_only"


def results_of(
    settings: Settings, report: LoadReport, feed: str, tables: Sequence[str]
) -> Iterator[dg.MaterializeResult]:
    """The result of a load for the feed's tables; nothing if nothing was loaded.

    Args:
        settings: The home.
        report: The load's report on the feed.
        feed: `<source>/<feed>`.
        tables: The raw tables that the feed fills.

    Raises:
        dg.Failure: if a file was refused or could not be read. The other files are loaded.
    """
    if any(one.state == "loaded" for one in report.deliveries):
        for table in tables:
            yield dg.MaterializeResult(
                asset_key=["raw", table], metadata=metadata_of(settings, report.deliveries, table)
            )
    if report.turned_away:
        reasons = "; ".join(f"{name}: {why}" for name, why in sorted(report.turned_away.items()))
        raise dg.Failure(
            f"Files of {feed} that were refused: {len(report.turned_away)}. {reasons}",
            metadata=metadata_of(settings, report.deliveries, tables[0])
            | {REFUSED_ONLY: dg.MetadataValue.bool(not report.unread_files)},
            allow_retries=False,
        )


def metadata_of(
    settings: Settings, deliveries: list[DeliveryOutcome], table: str
) -> dict[str, dg.MetadataValue]:
    """Counts, deliveries, and the rules that most rows broke, for a table."""
    counts = {
        f"rows_{kind}": dg.MetadataValue.int(
            sum(getattr(delivery, f"rows_{kind}") or 0 for delivery in deliveries)
        )
        for kind in ("read", "loaded", "quarantined", "duplicate")
    }
    metadata: dict[str, dg.MetadataValue] = {
        "dagster/row_count": dg.MetadataValue.int(Lake(settings.lake_root).row_count(table)),
        **counts,
    }
    if deliveries:
        metadata["deliveries"] = dg.MetadataValue.md(_deliveries_table(deliveries))
    quarantined = [d.delivery_id for d in deliveries if d.rows_quarantined and d.delivery_id]
    if quarantined:
        metadata["top_reasons"] = dg.MetadataValue.md(_reasons_table(settings, quarantined))
    return metadata


def _deliveries_table(deliveries: list[DeliveryOutcome]) -> str:
    return markdown_table(
        ("delivery", "state", "read", "loaded", "quarantined", "duplicate", "reason"),
        [
            (
                delivery.name,
                delivery.state,
                delivery.rows_read,
                delivery.rows_loaded,
                delivery.rows_quarantined,
                delivery.rows_duplicate,
                delivery.reason,
            )
            for delivery in deliveries
        ],
    )


def _reasons_table(settings: Settings, delivery_ids: list[str]) -> str:
    """The rules that rejected most rows. Only the rules: rows may contain personal data."""
    broken = (
        Lake(settings.lake_root)
        .read("raw_door__quarantined_rows")
        .filter(pl.col("delivery_id").is_in(delivery_ids))
        .select(pl.col("broken_rules").explode())
        .collect()
        .to_series()
    )
    return markdown_table(
        ("broken rule", "rows"), Counter(broken.to_list()).most_common(TOP_REASONS)
    )
