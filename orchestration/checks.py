"""Expectation suites as asset checks, one op per layer because the tool takes ten seconds to start.

`expectations/suites/` has the expectations; Dagster makes checks of dbt's tests.
"""

from collections.abc import Iterator

import dagster as dg

from expectations.runner import CheckResult, load_suites, run_raw_suites
from expectations.suite import Layer
from linernotes.base.clock import now
from linernotes.ingestion import SUBJECTS, coverages, open_lake
from linernotes.pipeline import check_reports
from orchestration.resources import Home


def asset_key(table: str) -> dg.AssetKey:
    """The asset of a table: its layer, then its name."""
    return dg.AssetKey(["raw" if table.startswith("raw_") else "reports", table])


def _specs(layer: Layer) -> list[dg.AssetCheckSpec]:
    return [
        dg.AssetCheckSpec(
            name=suite.check_name(expectation),
            asset=asset_key(suite.table),
            description=expectation.reason,
            blocking=expectation.severity == "error",
            metadata={"relied_on_by": suite.relied_on_by},
        )
        for suite in load_suites(layer=layer)
        for expectation in suite.expectations
    ]


def _evaluate(
    context: dg.AssetCheckExecutionContext, home: Home, layer: Layer
) -> Iterator[dg.AssetCheckResult]:
    selected = context.selected_asset_check_keys
    tables = sorted({key.asset_key.path[-1] for key in selected})
    if layer == "raw":
        found = run_raw_suites(home.settings)
    else:
        found = check_reports(home.settings, tables)
    results = [
        result
        for result in found
        if dg.AssetCheckKey(asset_key(result.table_name), result.check_name) in selected
    ]
    # A blocking check that could not run has not failed: it gets no result, and the step fails.
    unknown = [result for result in results if result.is_blocking and result.outcome == "error"]
    for result in results:
        if result not in unknown:
            yield _as_dagster(result)
    if unknown:
        listed = "\n".join(f"{result.check_name}: {result.reason}" for result in unknown)
        raise dg.Failure(f"{len(unknown)} blocking checks could not run:\n{listed}")


def _as_dagster(result: CheckResult) -> dg.AssetCheckResult:
    severity = (
        dg.AssetCheckSeverity.ERROR if result.severity == "error" else dg.AssetCheckSeverity.WARN
    )
    return dg.AssetCheckResult(
        asset_key=asset_key(result.table_name),
        check_name=result.check_name,
        passed=result.outcome == "passed",
        severity=severity,
        description=result.reason,
        metadata={"outcome": result.outcome, "unexpected_count": result.unexpected_count},
    )


@dg.multi_asset_check(specs=_specs("raw"), can_subset=True, pool="warehouse")
def raw_suites(context: dg.AssetCheckExecutionContext, home: Home) -> Iterator[dg.AssetCheckResult]:
    """Expectations on loaded tables."""
    yield from _evaluate(context, home, "raw")


@dg.multi_asset_check(specs=_specs("reports"), can_subset=True, pool="warehouse")
def report_suites(
    context: dg.AssetCheckExecutionContext, home: Home
) -> Iterator[dg.AssetCheckResult]:
    """Expectations on published reports."""
    yield from _evaluate(context, home, "reports")


@dg.multi_asset_check(
    specs=[
        dg.AssetCheckSpec(
            name="data_reach_as_far_as_they_should",
            asset=dg.AssetKey(["raw", subject.table]),
            description="Freshness by what rows are about: no day or month is without data.",
        )
        for subject in SUBJECTS.values()
    ],
    can_subset=True,
)
def data_coverage(
    context: dg.AssetCheckExecutionContext, home: Home
) -> Iterator[dg.AssetCheckResult]:
    """The last day or month with data, for feeds that should have data for every day or month."""
    found = {one.feed: one for one in coverages(open_lake(home.settings), now())}
    for feed, subject in SUBJECTS.items():
        key = dg.AssetCheckKey(
            dg.AssetKey(["raw", subject.table]), "data_reach_as_far_as_they_should"
        )
        if key not in context.selected_asset_check_keys:
            continue
        reached = found.get(feed)
        missing = reached.missing_text() if reached else "all: nothing is loaded"
        yield dg.AssetCheckResult(
            asset_key=key.asset_key,
            check_name=key.name,
            passed=not missing,
            severity=dg.AssetCheckSeverity.WARN,
            description=f"Missing: {missing}" if missing else "Nothing is missing.",
            metadata={"last_covered": reached.last_covered_text} if reached else {},
        )
