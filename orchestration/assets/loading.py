"""What all raw assets share: one call of the door, and its report as metadata.

Which feed fills which table is said in the modules of the sources.
"""

from collections import Counter
from collections.abc import Iterable

import dagster as dg
import polars as pl

from linernotes.base.settings import Settings
from linernotes.ingestion import DeliveryOutcome, Lake, admit_landing
from orchestration.markdown import markdown_table
from orchestration.resources import Home

TOP_REASONS = 5


def admit(home: Home, feed: str, table: str) -> dg.MaterializeResult:
    """Takes what is new of a feed through the door and tells what came of it.

    Args:
        home: The home.
        feed: `<source>/<feed>`.
        table: The raw table that the feed fills.

    Raises:
        dg.Failure: a file was refused or could not be read. The other files are loaded.
    """
    (result,) = admit_tables(home, feed, [table])
    return result


def admit_tables(home: Home, feed: str, tables: Iterable[str]) -> Iterable[dg.MaterializeResult]:
    """Takes what is new of a feed that fills several tables through the door."""
    report = admit_landing(home.settings, [feed])
    tables = list(tables)
    if report.turned_away:
        told = "; ".join(f"{name}: {why}" for name, why in sorted(report.turned_away.items()))
        raise dg.Failure(
            f"{len(report.turned_away)} files of {feed} were refused: {told}",
            metadata=_metadata(home.settings, report.deliveries, tables[0]),
            allow_retries=False,
        )
    for table in tables:
        yield dg.MaterializeResult(
            asset_key=["raw", table], metadata=_metadata(home.settings, report.deliveries, table)
        )


def raw_specs(
    descriptions: dict[str, str], partitions: dg.PartitionsDefinition
) -> list[dg.AssetSpec]:
    """Specs of raw tables that one feed fills together."""
    return [
        dg.AssetSpec(
            ["raw", table],
            description=description,
            kinds={"polars", "delta"},
            partitions_def=partitions,
        )
        for table, description in descriptions.items()
    ]


def _metadata(
    settings: Settings, deliveries: list[DeliveryOutcome], table: str
) -> dict[str, dg.MetadataValue]:
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
    """The rules that turned most rows away. Rules only: what the rows say may be personal."""
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
