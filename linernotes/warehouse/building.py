"""Builds the warehouse file: sources, recalculation of issued months, dbt, the record of the run.

Only one build at a time holds the home's build lock; readers of the published file are not
affected.
"""

import json
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any

import duckdb

from linernotes.base import locks
from linernotes.base.checked_runs import (
    BUILD,
    Check,
    CheckedRun,
    forget_run,
    record_run,
    require_run,
)
from linernotes.base.clock import exact_now, now
from linernotes.base.open_files import why_not_opened
from linernotes.base.settings import Settings
from linernotes.base.steps import add_outputs, lineage_is_wanted, step
from linernotes.ingestion import last_read_again
from linernotes.warehouse.built_models import read_datasets, report_models
from linernotes.warehouse.dbt import (
    BuildFailed,
    BuildResult,
    DbtResults,
    DbtRun,
    Progress,
    build_result,
    dbt_results,
    dbt_vars,
    forget_results,
    run_dbt,
    target_folder,
    writing_lock,
)
from linernotes.warehouse.engine import calculation_of, engine_of
from linernotes.warehouse.kept_months import (
    Beginning,
    Kept,
    inputs_sha256_of,
    kept_of_last_build,
    remember_build,
)
from linernotes.warehouse.project import project_sha256
from linernotes.warehouse.recalculation import recalculate
from linernotes.warehouse.shortfalls import keep_broken_run, keep_shortfalls
from linernotes.warehouse.sources import link_sources, sources_folder

# A dbt process whose parent was killed ends too, if the system supports it; it may take a moment.
WAIT_FOR_WRITER_SECONDS = 5.0


@contextmanager
def building(
    settings: Settings,
    known_at: datetime,
    on_progress: Progress | None = None,
    what: str = "build",
    is_whole: bool = False,
) -> Generator[Beginning]:
    """Holds the home's build lock, links the sources, and recalculates issued months.

    Args:
        settings: The home.
        known_at: The freeze of the build, naive UTC.
        on_progress: Called with classes of input done, classes in all, and the class's name.
        what: The name of the step: `build`, or `close` of a month.
        is_whole: Whether all models are made; only then is anything of the last build kept.

    Yields:
        What the run is made from, and what it keeps of the last build.

    Raises:
        BuildFailed: if another build of this home is running.
    """
    reads = read_datasets(settings) if lineage_is_wanted() else []
    with (
        step(what, what, reads, known_at=known_at.isoformat()),
        _build_lock(settings),
    ):
        read_again = last_read_again(settings)
        link_sources(settings)
        inputs = inputs_sha256_of(settings, known_at, read_again)
        kept = kept_of_last_build(settings, known_at, inputs) if is_whole else Kept()
        recalculate(
            partial(calculation_of, settings, "correction"),
            sources_folder(settings),
            known_at,
            on_progress,
            kept.changes_state,
        )
        yield Beginning(inputs, kept)


@contextmanager
def publication_lock(settings: Settings) -> Generator[None]:
    """Holds the home from the first check of a build to its publication.

    Otherwise another build could run in between, and be published unchecked.

    Raises:
        BuildFailed: if another build of this home is running.
    """
    with _locked(settings, "publish.lock"):
        yield


@contextmanager
def closing_lock(settings: Settings) -> Generator[None]:
    """Holds the home from the calculation of a closing until its statements are drafted.

    Otherwise another closing of the month could replace its file in between.

    Raises:
        BuildFailed: if another closing of this home is running.
    """
    with _locked(settings, "closing.lock", "closing"):
        yield


def build(
    settings: Settings,
    known_at: datetime | None = None,
    select: str | None = None,
    on_progress: Progress | None = None,
    checks: Iterable[Check] = (),
) -> BuildResult:
    """Builds the warehouse file with dbt: seeds, models and data tests, in the order of
    dependencies.

    The results of all models and tests are recorded in the file (`checked_runs`).

    Args:
        settings: The home.
        known_at: The freeze, naive UTC; the present by default.
        select: dbt selection, everything by default. Its file cannot be published.
        on_progress: Called with nodes done, nodes in all, and the node's name.
        checks: Results of other checks of this run, or that they are awaited.

    Raises:
        BuildFailed: if a model or a test of error severity fails, or dbt does not run to its end.
            The published file is untouched.
    """
    freeze = known_at or now()
    selected = (select or "").split()
    with building(settings, freeze, is_whole=not selected) as begun:
        start_run(settings)
        run = run_dbt(
            settings,
            build_arguments(dbt_vars(settings, freeze, begun.kept.first_month), selected),
            on_progress,
            engine_of(settings).environment,
        )
        return end_run(settings, freeze, begun, run, checks)


def build_arguments(variables: dict[str, Any], select: Iterable[str] = ()) -> list[str]:
    """The arguments of dbt for a run with its variables, of everything or of a selection."""
    arguments = ["build", "--vars", json.dumps(variables)]
    # Unit tests check the models on rows written by hand, independent of deliveries.
    arguments += ["--exclude-resource-type", "unit_test"]
    if selected := list(select):
        # A test that also reads unselected models runs only in a whole build.
        arguments += ["--select", *selected, "--indirect-selection", "buildable"]
    return arguments


def start_run(settings: Settings) -> None:
    """Removes what earlier runs left: from here on, the warehouse file has no record.

    Raises:
        BuildFailed: if the engine cannot be used.
    """
    forget_results(target_folder(settings))
    if settings.warehouse_file.exists():
        with _warehouse(settings) as connection:
            forget_run(connection)
    engine_of(settings).prepare()


def _collected(settings: Settings, known_at: datetime, run: DbtRun) -> DbtResults:
    """The results of dbt's run, once its tables are in the warehouse file."""
    results = dbt_results(settings, run)
    engine_of(settings).collect(dbt_vars(settings, known_at), results)
    return results


def end_run(
    settings: Settings,
    known_at: datetime,
    begun: Beginning,
    run: DbtRun,
    checks: Iterable[Check] = (),
) -> BuildResult:
    """Brings dbt's tables into the warehouse file, and records the results of the run there.

    Args:
        settings: The home.
        known_at: The freeze of the run.
        begun: How the run began.
        run: How dbt ended.
        checks: Results of other checks of this run, or that they are awaited.

    Raises:
        BuildFailed: if dbt failed, or did not run to its end.
    """
    try:
        results = _collected(settings, known_at, run)
    except BuildFailed as reason:
        keep_broken_run(settings, known_at, str(reason))
        raise
    add_outputs(report_models(settings, results))
    keep_shortfalls(settings, known_at, results)
    if settings.warehouse_file.exists():
        record = CheckedRun(
            results.invocation_id,
            BUILD,
            known_at,
            project_sha256(),
            results.is_whole and run.exit_status == 0,
            exact_now(),
            [*results.checks, *checks],
        )
        with _warehouse(settings) as connection:
            record_run(connection, record)
        if settings.engine == "duckdb" and record.is_whole:
            remember_build(settings, record, begun)
    return build_result(settings, known_at, run, results)


def require_build(settings: Settings, consequence: str) -> CheckedRun:
    """The record of the run that made the warehouse file, if the file may be used.

    Raises:
        LinernotesError: if it may not be used, or if there is no file.
    """
    if not settings.warehouse_file.exists():
        raise BuildFailed(
            f"{settings.home} has no warehouse, so {consequence}: run `linernotes build`."
        )
    with _warehouse(settings, read_only=True) as connection:
        checked = require_run(connection, settings.warehouse_file, consequence)
    if checked.project_sha256 != project_sha256():
        raise BuildFailed(
            f"The models have changed since {settings.warehouse_file} was built, so {consequence}: "
            "run `linernotes build`."
        )
    return checked


@contextmanager
def _warehouse(settings: Settings, read_only: bool = False) -> Generator[duckdb.DuckDBPyConnection]:
    try:
        connection = duckdb.connect(str(settings.warehouse_file), read_only=read_only)
    except duckdb.Error as error:
        raise BuildFailed(why_not_opened(settings.warehouse_file, str(error))) from None
    with connection:
        yield connection


@contextmanager
def _build_lock(settings: Settings) -> Generator[None]:
    """Holds the home's build lock, once no dbt process of a killed run is writing any more."""
    with _locked(settings, "build.lock"):
        _require_no_writer(settings)
        yield


def _require_no_writer(settings: Settings) -> None:
    until = time.monotonic() + WAIT_FOR_WRITER_SECONDS
    with writing_lock(settings).open("w") as lock:
        while not locks.take(lock):
            if time.monotonic() > until:
                raise BuildFailed(
                    f"The dbt process of a stopped run is still writing into {settings.home}: it "
                    f"holds {lock.name}. Wait for it to end, or end it, and try again."
                )
            time.sleep(0.05)


@contextmanager
def _locked(settings: Settings, name: str, what: str = "build") -> Generator[None]:
    settings.warehouse_file.parent.mkdir(parents=True, exist_ok=True)
    busy = BuildFailed(
        f"Another {what} of {settings.home} is running; wait for it to end and try again."
    )
    with locks.holding(settings.warehouse_file.parent / name, busy):
        yield
