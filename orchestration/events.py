"""Reports to Dagster what commands have done, so that its pages show it as materialized.

It does so only if Dagster has records of the home; a failed report never fails a command.
"""

from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager

import dagster as dg

from expectations.runner import CheckResult
from linernotes.base.clock import utc_now
from linernotes.base.settings import Settings
from linernotes.ingestion import LoadReport, describe
from linernotes.pipeline import BuildOutcome
from orchestration.assets.loading import metadata_of

COMMAND = {"made_by": "the command line"}


def report_load(settings: Settings, report: LoadReport) -> None:
    """Reports the tables that a load has filled, in today's partition."""
    by_feed: dict[str, list] = {}
    for one in report.deliveries:
        if one.state == "loaded":
            by_feed.setdefault(f"{one.source}/{one.feed}", []).append(one)
    with _instance(settings) as instance:
        for feed, deliveries in by_feed.items():
            for table in describe(feed).tables:
                instance.report_runless_asset_event(
                    dg.AssetMaterialization(
                        ["raw", table],
                        partition=f"{utc_now():%Y-%m-%d}",
                        metadata=metadata_of(settings, deliveries, table) | COMMAND,
                    )
                )


def report_build(settings: Settings, outcome: BuildOutcome) -> None:
    """Reports the suites that ran, and the publication."""
    with _instance(settings) as instance:
        for event in _evaluations(outcome.checks):
            instance.report_runless_asset_event(event)
        if outcome.published_file:
            instance.report_runless_asset_event(
                dg.AssetMaterialization(
                    "published_warehouse",
                    metadata={"path": dg.MetadataValue.path(str(outcome.published_file))} | COMMAND,
                )
            )


def _evaluations(checks: Iterable[CheckResult]) -> Iterator[dg.AssetCheckEvaluation]:
    for one in checks:
        is_blocking = one.severity == "error"
        yield dg.AssetCheckEvaluation(
            asset_key=dg.AssetKey(
                ["raw" if one.table_name.startswith("raw_") else "reports", one.table_name]
            ),
            check_name=one.check_name,
            passed=one.outcome == "passed",
            severity=dg.AssetCheckSeverity.ERROR if is_blocking else dg.AssetCheckSeverity.WARN,
            description=one.reason,
            metadata={"outcome": one.outcome, "unexpected_count": one.unexpected_count} | COMMAND,
        )


@contextmanager
def _instance(settings: Settings) -> Generator[dg.DagsterInstance]:
    with dg.DagsterInstance.from_config(str(settings.home / "dagster")) as instance:
        yield instance
