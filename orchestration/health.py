"""Health at a glance: what came in and when, what waits, what does not hold, what is published.

It only reads; how it is shown is the command line's matter.
"""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from linernotes.delivery import DeliveryStanding, delivery_standing
from linernotes.errors import LinernotesError
from linernotes.ingestion import Lake
from linernotes.published import publication
from linernotes.settings import Settings
from linernotes.statements import statement_states


@dataclass(frozen=True)
class Health:
    """The state of a home, each table as rows of cells.

    Attributes:
        publication: A sentence on what is published.
        feeds: Feed, when it last loaded, deliveries, rows.
        quarantine: Feed, rows that wait, since when.
        checks: Check, severity, outcome, rows, of each check's latest run that does not hold.
        statements: Month, state, count.
        deliveries: A sentence on how many packages have arrived at their partners.
        is_blocked: Whether a blocking check does not hold.
    """

    publication: str
    feeds: list[tuple[str, datetime, int, int]]
    quarantine: list[tuple[str, int, datetime]]
    checks: list[tuple[str, str, str, int]]
    statements: list[tuple[str, str, int]]
    deliveries: str
    is_blocked: bool


def look(settings: Settings) -> Health:
    """Reads the state of a home."""
    lake = Lake(settings.lake_root)
    lake.ensure_tables()
    checks = _checks(lake)
    return Health(
        publication=_publication(settings),
        feeds=_feeds(lake),
        quarantine=_quarantine(lake),
        checks=checks,
        statements=_statements(settings),
        deliveries=_deliveries(settings),
        is_blocked=any(severity == "error" for _, severity, _, _ in checks),
    )


def _publication(settings: Settings) -> str:
    try:
        record = publication(settings)
    except LinernotesError as nothing:
        return str(nothing)
    return (
        f"Published: {settings.published_root / record.file_name},"
        f" as known at {record.known_at}, since {record.published_at}."
    )


def _feeds(lake: Lake) -> list[tuple[str, datetime, int, int]]:
    loaded = lake.read("raw_door__deliveries").filter(pl.col("state") == "loaded")
    return _rows(
        loaded.group_by(feed=pl.concat_str("source", pl.lit("/"), "feed")).agg(
            pl.col("registered_at").max(), deliveries=pl.len(), rows=pl.col("rows_loaded").sum()
        )
    )


def _quarantine(lake: Lake) -> list[tuple[str, int, datetime]]:
    waiting = lake.read("raw_door__quarantined_rows").filter(pl.col("retried_as").is_null())
    return _rows(
        waiting.group_by(feed=pl.concat_str("source", pl.lit("/"), "feed")).agg(
            rows=pl.len(), oldest=pl.col("quarantined_at").min()
        )
    )


def _checks(lake: Lake) -> list[tuple[str, str, str, int]]:
    latest = (
        lake.read("raw_door__check_results")
        .sort("checked_at")
        .group_by("check_name")
        .agg(pl.col("severity", "outcome", "unexpected_count").last())
    )
    return _rows(latest.filter(pl.col("outcome") != "passed"))


def _statements(settings: Settings) -> list[tuple[str, str, int]]:
    counts: dict[tuple[str, str], int] = {}
    for one in statement_states(settings):
        key = one.report_month, one.state
        counts[key] = counts.get(key, 0) + 1
    return [(month, state, count) for (month, state), count in sorted(counts.items())]


def _deliveries(settings: Settings) -> str:
    try:
        standing = delivery_standing(settings)
    except LinernotesError as trouble:
        return str(trouble)
    if standing == DeliveryStanding(0, 0, 0):
        return f"No issued package has a target in {settings.agreements_file}."
    return (
        f"Packages with a target: {standing.delivered:,} delivered, {standing.undelivered:,}"
        f" undelivered, {standing.failed:,} failed."
    )


def _rows(frame: pl.LazyFrame) -> list[tuple]:
    return sorted(frame.collect().rows())
