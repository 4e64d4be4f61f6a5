"""Raw tables of all feeds: one asset per feed, or per table where a feed fills several.

A feed's contract defines the feed; the intake checks its rows.
"""

from collections.abc import Iterator
from datetime import date, timedelta

import dagster as dg
import polars as pl

from linernotes.base.clock import utc_now
from linernotes.base.settings import Settings
from linernotes.ingestion import (
    CADENCES,
    FEEDS,
    SCHEMAS,
    BusyIntake,
    LoadReport,
    admit_landing,
    describe,
    read_again,
)
from linernotes.ledger.delivery_lists import deliveries_issued
from orchestration.assets.loading import results_of
from orchestration.partitions import delivery_days
from orchestration.resources import Home

OWNERS = {
    "catalog": "team:rights_data",
    "licensing": "team:rights_data",
    "ai_usage": "team:ai_usage_data",
    "removals": "team:removals_data",
    "finance": "team:compensation",
}
# The grain of each table of a feed with several tables.
PARTS = {
    "raw_catalog__ern_messages": "DDEX messages as read. One row per message and version.",
    "raw_catalog__ern_parties": "Parties named in DDEX messages. One row per party of a message.",
    "raw_catalog__ern_recordings": "Sound recordings and videos of DDEX messages, with their AI"
    " disclosure. One row per resource and edition of a message.",
    "raw_catalog__ern_contributors": "Contributors to recordings of DDEX messages, human and AI."
    " One row per recording, contributor and role.",
    "raw_catalog__ern_rights": "Right shares claimed in DDEX messages."
    " One row per recording, controller and territory.",
    "raw_catalog__ern_related_recordings": "What recordings of DDEX messages say they derive from."
    " One row per recording and related resource.",
    "raw_catalog__ern_releases": "Releases of DDEX messages. One row per release, track releases"
    " included.",
    "raw_catalog__ern_deals": "Deals of DDEX messages. One row per deal, territory, model, use"
    " type and period.",
    "raw_licensing__contract_withholdings": "Rates of tax that contracts withhold."
    " One row per contract version, source territory, start and version.",
}
ADDED = {
    "delivery_id": "The delivery that brought the row.",
    "recorded_at": "When the source knew this row.",
    "is_withdrawn": "Whether this version withdraws the row.",
}
RETRIES = dg.RetryPolicy(max_retries=3, delay=30, backoff=dg.Backoff.EXPONENTIAL)


def loads() -> list[dg.AssetsDefinition]:
    """One asset per feed."""
    return [_load(feed) for feed in FEEDS]


def _load(feed: str) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name=f"raw_{feed.replace('/', '__')}",
        specs=_specs(feed),
        partitions_def=delivery_days,
        backfill_policy=dg.BackfillPolicy.single_run(),
        pool="lake",
        retry_policy=RETRIES,
        description=describe(feed).about,
    )
    def load(context: dg.AssetExecutionContext, home: Home) -> Iterator[dg.MaterializeResult]:
        """For today, loads new files through the intake; for a past day, reads its files again."""
        report = _of_days(
            home.settings, feed, [date.fromisoformat(day) for day in context.partition_keys]
        )
        for name, why in sorted(report.unread_files.items()):
            context.log.warning(f"{name}: {why}")
        yield from results_of(home.settings, report, feed, describe(feed).tables)

    return load


def _of_days(settings: Settings, feed: str, days: list[date]) -> LoadReport:
    today = utc_now().date()
    past = [day for day in days if day < today]
    try:
        report = LoadReport()
        if past:
            report = read_again(settings, [feed], past, deliveries_issued(settings))
            # A past day's file whose loaded rows stay is not a failure.
            report.ignored_files |= report.unread_files
            report.unread_files = {}
        if len(past) < len(days):
            new = admit_landing(settings, [feed])
            report.deliveries += new.deliveries
            report.unread_files |= new.unread_files
            report.ignored_files |= new.ignored_files
    except BusyIntake as busy:
        raise dg.RetryRequested(max_retries=RETRIES.max_retries, seconds_to_wait=30) from busy
    return report


def _specs(feed: str) -> list[dg.AssetSpec]:
    source = feed.partition("/")[0]
    described = describe(feed)
    return [
        dg.AssetSpec(
            ["raw", table],
            description=PARTS.get(table) or f"{described.about} {described.row}",
            kinds={"polars", "delta"},
            group_name=f"raw_{source}",
            owners=[OWNERS[source]],
            # A load without new files does not materialize it.
            skippable=True,
            metadata={"feed": feed, "dagster/column_schema": _columns(feed, table)},
            freshness_policy=_freshness(feed),
        )
        for table in described.tables
    ]


def _columns(feed: str, table: str) -> dg.TableSchema:
    """The table's columns, with the descriptions that senders also get."""
    about = {column.name: column.about for column in describe(feed).columns}
    return dg.TableSchema(
        [
            dg.TableColumn(name, _type(dtype), about.get(name) or _added(name))
            for name, dtype in SCHEMAS[table].items()
        ]
    )


def _added(name: str) -> str | None:
    """The description of a column that the intake adds, or that all tables have."""
    if name.endswith("_original"):
        return f"`{name.removesuffix('_original')}` as it was sent."
    return ADDED.get(name)


def _type(dtype: pl.DataType) -> str:
    return str(dtype).lower().replace("datetime(time_unit='us', time_zone=none)", "timestamp")


def _freshness(feed: str) -> dg.FreshnessPolicy | None:
    """The time after which a feed without a delivery is late; None if it has no schedule.

    A separate check covers the days and months for which there are data.
    """
    cadence = CADENCES[feed]
    days = {"day": cadence.days_between + 1, "month": 36}.get(cadence.rhythm)
    return None if days is None else dg.FreshnessPolicy.time_window(timedelta(days=days))
