"""Runs suites in DuckDB, stores their results in the lake and writes their pages.

`expectations/suites/` has the suites; callers decide what a failure stops.
"""

import hashlib
import importlib
import json
import logging
import pkgutil
import tempfile
import uuid
import warnings
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import duckdb

from expectations import suites as suites_package
from expectations.data_docs import write_docs
from expectations.suite import Layer, Severity, Suite
from linernotes.base import durable
from linernotes.base.clock import exact_now, name_part, utc_now
from linernotes.base.settings import Settings
from linernotes.base.sql import literal
from linernotes.base.steps import add_facts, step
from linernotes.ingestion import Lake

if TYPE_CHECKING:
    from great_expectations.data_context import EphemeralDataContext

Outcome = Literal["passed", "failed", "error"]
Progress = Callable[[int, int, str], None]
RESULTS_TABLE = "raw_door__check_results"


@dataclass(frozen=True)
class CheckResult:
    """The outcome of one expectation in one run.

    Attributes:
        run_id: The id that all results of one call share.
        table_name: The table.
        check_name: `<table>__<claim>`.
        severity: `error` or `warn`.
        outcome: `passed`, `failed` (the data is wrong) or `error` (the check could not run).
        unexpected_count: Rows that fail the check; 1 if it does not concern rows.
        reason: Why the check matters; for an error also what went wrong.
        checked_at: Naive UTC time of the check.
    """

    run_id: str
    table_name: str
    check_name: str
    severity: Severity
    outcome: Outcome
    unexpected_count: int
    reason: str
    checked_at: datetime

    @property
    def is_blocking(self) -> bool:
        """Whether it stops downstream steps: a blocking check failed or could not run."""
        return self.severity == "error" and self.outcome != "passed"


def load_suites(tables: list[str] | None = None, layer: Layer | None = None) -> list[Suite]:
    """The suites of some tables or of a layer, in the order of their names.

    Raises:
        ValueError: if one of `tables` has no suite.
    """
    names = sorted(module.name for module in pkgutil.iter_modules(suites_package.__path__))
    unknown = sorted(set(tables or []) - set(names))
    if unknown:
        raise ValueError(f"No suite in expectations/suites/ for: {', '.join(unknown)}")
    suites = [
        importlib.import_module(f"{suites_package.__name__}.{name}").SUITE
        for name in names
        if tables is None or name in tables
    ]
    return [suite for suite in suites if layer is None or suite.layer == layer]


@step("tests")
def run_suites(
    settings: Settings,
    tables: list[str] | None = None,
    layer: Layer | None = None,
    on_progress: Progress | None = None,
    file: Path | None = None,
) -> list[CheckResult]:
    """Runs suites and appends their results to the lake's `raw_door__check_results`.

    Pages of the run are written to `<home>/reports/data_docs`. Neither is done for a file other
    than the warehouse's, whose results belong into its own record.

    Args:
        settings: The home.
        tables: Only the suites of these tables.
        layer: Only the suites of this layer.
        on_progress: Called with suites done, suites in all, and the table's name.
        file: A DuckDB file in the layout of the warehouse file, read in its place.

    Returns:
        One result per expectation. A check that cannot run is an `error`, not a failure.
    """
    suites = load_suites(tables, layer)
    lake = Lake(settings.lake_root)
    lake.ensure_tables()
    run_id = f"{name_part(utc_now())}-{uuid.uuid4().hex[:8]}"
    results: list[CheckResult] = []
    with _quiet(), _connection(lake, file or settings.warehouse_file) as connection:
        context, datasource = _context(connection)
        for index, suite in enumerate(suites):
            results += _run_suite(context, datasource, suite, run_id)
            if on_progress:
                on_progress(index + 1, len(suites), suite.table)
    if not file:
        _append(lake, results, run_id)
        folder = settings.reports_root / "data_docs"
        for one in sorted({suite.layer for suite in suites}):
            of_layer = [suite for suite in suites if suite.layer == one]
            names = {suite.table for suite in of_layer}
            write_docs(folder, one, of_layer, [asdict(r) for r in results if r.table_name in names])
    failed = sum(result.outcome != "passed" for result in results)
    add_facts(suites=len(suites), checks=len(results), failed_checks=failed)
    return results


def run_raw_suites(settings: Settings, on_progress: Progress | None = None) -> list[CheckResult]:
    """Results of all suites of the lake; the last ones, if lake and suites have not changed.

    Args:
        settings: The home.
        on_progress: Called with suites done, suites in all, and the table's name.
    """
    lake = Lake(settings.lake_root)
    lake.ensure_tables()
    state = _state(lake)
    kept_file = settings.warehouse_file.parent / "raw_suites.json"
    kept = _kept(kept_file, state)
    if kept is not None:
        return kept
    results = run_suites(settings, layer="raw", on_progress=on_progress)
    is_complete = all(result.outcome != "error" for result in results)
    # Rows that were loaded while the suites ran may be in some of their results, and not in others.
    if is_complete and _state(lake) == state:
        rows = [asdict(one) | {"checked_at": one.checked_at.isoformat()} for one in results]
        durable.write_text(kept_file, json.dumps({"state": state, "results": rows}))
    return results


def _kept(file: Path, state: str) -> list[CheckResult] | None:
    """The stored results of a state; None if they are of another state."""
    try:
        content = json.loads(file.read_text())
        if content["state"] != state:
            return None
        return [
            CheckResult(**row | {"checked_at": datetime.fromisoformat(row["checked_at"])})
            for row in content["results"]
        ]
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return None


def _state(lake: Lake) -> str:
    """A hash of what the raw suites depend on: files of the lake, suites, and their tool."""
    digest = hashlib.sha256(f"great_expectations {version('great_expectations')}\n".encode())
    package = Path(__file__).parent
    for source in sorted(package.rglob("*.py")):
        digest.update(f"{source.relative_to(package)}\n".encode() + source.read_bytes())
    for table in sorted(set(lake.tables()) - {RESULTS_TABLE}):
        files = sorted(str(path) for path in lake.active_files(table))
        digest.update("\n".join([table, *files, ""]).encode())
    return digest.hexdigest()


def _run_suite(
    context: "EphemeralDataContext", datasource: Any, suite: Suite, run_id: str
) -> list[CheckResult]:
    import great_expectations as gx
    from great_expectations.core.run_identifier import RunIdentifier

    def result(expectation: Any, outcome: Outcome, count: int, reason: str) -> CheckResult:
        return CheckResult(
            run_id,
            suite.table,
            suite.check_name(expectation),
            expectation.severity,
            outcome,
            count,
            reason,
            exact_now(),
        )

    try:
        asset = datasource.add_table_asset(name=suite.table, table_name=suite.table)
        definition = context.validation_definitions.add(
            gx.ValidationDefinition(
                name=suite.table,
                data=asset.add_batch_definition_whole_table("whole table"),
                suite=context.suites.add(_gx_suite(suite)),
            )
        )
        # Results are read outside the warehouse's access rules: no cell values go into them.
        validation = definition.run(
            run_id=RunIdentifier(run_name=run_id),
            result_format={"result_format": "BASIC", "partial_unexpected_count": 0},
        )
    except Exception as error:  # after any error, the data has not been checked
        return [
            result(expectation, "error", 0, _not_run(expectation.reason, str(error)))
            for expectation in suite.expectations
        ]
    by_claim = {_claim(item): item for item in validation.results}
    results = []
    for expectation in suite.expectations:
        item = by_claim[expectation.claim]
        message = _exception_message(item.exception_info)
        if message:
            results.append(result(expectation, "error", 0, _not_run(expectation.reason, message)))
        elif item.success:
            results.append(result(expectation, "passed", 0, expectation.reason))
        else:
            results.append(result(expectation, "failed", _count(item), expectation.reason))
    return results


def _gx_suite(suite: Suite) -> Any:
    import great_expectations as gx
    import great_expectations.expectations as kinds

    severities = {"error": "critical", "warn": "warning"}
    return gx.ExpectationSuite(
        name=suite.table,
        expectations=[
            getattr(kinds, expectation.kind)(
                **expectation.arguments,
                severity=severities[expectation.severity],
                meta={"claim": expectation.claim, "notes": expectation.reason},
            )
            for expectation in suite.expectations
        ],
        notes=suite.relied_on_by,
    )


def _claim(item: Any) -> str:
    return item.expectation_config.meta["claim"]


def _count(item: Any) -> int:
    count = item.result.get("unexpected_count")
    if count is None and item.expectation_config.type == "unexpected_rows_expectation":
        count = item.result.get("observed_value")
    return int(count) if count is not None else 1


def _exception_message(exception_info: dict[str, Any] | None) -> str | None:
    """The message, from either of the two forms of a result."""
    info = exception_info or {}
    if info.get("raised_exception"):
        return str(info.get("exception_message"))
    nested = [value for value in info.values() if isinstance(value, dict)]
    messages = [str(value["exception_message"]) for value in nested if value["raised_exception"]]
    return messages[0] if messages else None


def _not_run(reason: str, message: str) -> str:
    return f"{reason} The check could not run: {' '.join(message.split())[:500]}"


@contextmanager
def _connection(lake: Lake, file: Path) -> Generator[duckdb.DuckDBPyConnection]:
    """An in-memory database with a view per lake table and per table of the warehouse."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for table in lake.tables():
            files = ", ".join(map(literal, lake.active_files(table)))
            connection.execute(f"create view {table} as select * from read_parquet([{files}])")
        if file.exists():
            path = literal(file)
            connection.execute(f"attach {path} as warehouse (read_only)")
            for schema, table in connection.execute(
                "select table_schema, table_name from information_schema.tables"
                " where table_catalog = 'warehouse' order by all"
            ).fetchall():
                connection.execute(
                    f"create view {table} as select * from warehouse.{schema}.{table}"
                )
        yield connection


def _context(connection: duckdb.DuckDBPyConnection) -> tuple["EphemeralDataContext", Any]:
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    from expectations.datasource import DuckdbDatasource

    context = gx.get_context(mode="ephemeral")
    context.enable_analytics(False)
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    for site in list(context.list_data_docs_sites()):
        context.delete_data_docs_site(site)
    datasource = context.add_datasource(datasource=DuckdbDatasource.over(connection))
    return context, datasource


@contextmanager
def _quiet() -> Generator[None]:
    """Suppresses the tool's own output in logs and terminals."""
    logger = logging.getLogger("great_expectations")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def _append(lake: Lake, results: list[CheckResult], run_id: str) -> None:
    import polars as pl

    if results:
        last = lake.read(RESULTS_TABLE).select(pl.col("sequence").max()).collect().item() or 0
        rows = pl.DataFrame([vars(result) for result in results]).with_columns(
            sequence=pl.lit(last + 1, dtype=pl.Int64)
        )
        with tempfile.TemporaryDirectory() as scratch:
            lake.append(RESULTS_TABLE, rows, f"check_results/{run_id}", Path(scratch))
