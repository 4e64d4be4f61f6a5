"""Runs suites inside DuckDB, keeps their results in the lake and draws Data Docs.

What is expected is in `expectations/suites/`; what a failure stops is decided by whoever called.
"""

import importlib
import logging
import pkgutil
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import duckdb

from expectations import suites as suites_package
from expectations.suite import Layer, Severity, Suite
from linernotes.ingestion import Lake
from linernotes.settings import Settings

if TYPE_CHECKING:
    from great_expectations.data_context import EphemeralDataContext

Outcome = Literal["passed", "failed", "error"]
Progress = Callable[[int, int, str], None]
RESULTS_TABLE = "raw_door__check_results"


@dataclass(frozen=True)
class CheckResult:
    """The outcome of one expectation in one run.

    Attributes:
        run_id: The run that all results of one call share.
        table_name: The table.
        check_name: `<table>__<claim>`.
        severity: `error` or `warn`.
        outcome: `passed`, `failed` (the data says no) or `error` (the question could not be asked).
        unexpected_count: Rows that break the claim; 1 if it is not about rows.
        reason: Why the claim matters; of an error also what went wrong.
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
        """Whether what is downstream waits: a blocking claim fails or is not known to hold."""
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


def run_suites(
    settings: Settings,
    tables: list[str] | None = None,
    layer: Layer | None = None,
    on_progress: Progress | None = None,
) -> list[CheckResult]:
    """Runs suites and appends their results to the lake's `raw_door__check_results`.

    Data Docs of the run are written to `<home>/reports/data_docs/<layer>/`.

    Args:
        settings: The home.
        tables: Only the suites of these tables.
        layer: Only the suites of this layer.
        on_progress: Called with suites done, suites in all, and the table's name.

    Returns:
        One result per expectation. A question that cannot be asked is an `error`, never a failure.
    """
    suites = load_suites(tables, layer)
    lake = Lake(settings.lake_root)
    lake.ensure_tables()
    run_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:8]}"
    results: list[CheckResult] = []
    with _quiet(), _connection(settings, lake) as connection:
        context, datasource = _context(settings, connection, layer)
        for index, suite in enumerate(suites):
            results += _run_suite(context, datasource, suite, run_id)
            if on_progress:
                on_progress(index + 1, len(suites), suite.table)
        context.build_data_docs()
    _append(lake, results, run_id)
    return results


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
            datetime.now(UTC).replace(tzinfo=None),
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
        # Data Docs are read outside the warehouse's access rules: no cell values go into them.
        validation = definition.run(
            run_id=RunIdentifier(run_name=run_id),
            result_format={"result_format": "BASIC", "partial_unexpected_count": 0},
        )
    except Exception as error:  # whatever breaks, the data has not been judged
        return [
            result(expectation, "error", 0, _unasked(expectation.reason, str(error)))
            for expectation in suite.expectations
        ]
    judged = {_claim(item): item for item in validation.results}
    results = []
    for expectation in suite.expectations:
        item = judged[expectation.claim]
        message = _exception_message(item.exception_info)
        if message:
            results.append(result(expectation, "error", 0, _unasked(expectation.reason, message)))
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
    """The message, out of the two forms in which a result may carry it."""
    info = exception_info or {}
    if info.get("raised_exception"):
        return str(info.get("exception_message"))
    nested = [value for value in info.values() if isinstance(value, dict)]
    messages = [str(value["exception_message"]) for value in nested if value["raised_exception"]]
    return messages[0] if messages else None


def _unasked(reason: str, message: str) -> str:
    return f"{reason} The check could not run: {' '.join(message.split())[:500]}"


@contextmanager
def _connection(settings: Settings, lake: Lake) -> Generator[duckdb.DuckDBPyConnection]:
    """An in-memory database with a view per lake table and per table of the warehouse."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for table in lake.tables():
            files = ", ".join(_literal(path) for path in lake.active_files(table))
            connection.execute(f"create view {table} as select * from read_parquet([{files}])")
        if settings.warehouse_file.exists():
            path = _literal(settings.warehouse_file)
            connection.execute(f"attach {path} as warehouse (read_only)")
            for schema, table in connection.execute(
                "select table_schema, table_name from information_schema.tables"
                " where table_catalog = 'warehouse' order by all"
            ).fetchall():
                connection.execute(
                    f"create view {table} as select * from warehouse.{schema}.{table}"
                )
        yield connection


def _literal(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _context(
    settings: Settings, connection: duckdb.DuckDBPyConnection, layer: Layer | None
) -> tuple["EphemeralDataContext", Any]:
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    from expectations.datasource import DuckdbDatasource

    context = gx.get_context(mode="ephemeral")
    context.enable_analytics(False)
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    for site in list(context.list_data_docs_sites()):
        context.delete_data_docs_site(site)
    folder = settings.reports_root / "data_docs" / (layer or "all")
    # A page of an earlier run beside those of this one would be read as current.
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    context.add_data_docs_site(
        site_name="data_docs",
        site_config={
            "class_name": "SiteBuilder",
            "store_backend": {
                "class_name": "TupleFilesystemStoreBackend",
                "base_directory": str(folder),
            },
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        },
    )
    datasource = context.add_datasource(datasource=DuckdbDatasource.over(connection))
    return context, datasource


@contextmanager
def _quiet() -> Generator[None]:
    """Keeps the tool's own chatter out of logs and terminals."""
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
        rows = pl.DataFrame([vars(result) for result in results])
        with tempfile.TemporaryDirectory() as scratch:
            lake.append(RESULTS_TABLE, rows, f"check_results/{run_id}", Path(scratch))
