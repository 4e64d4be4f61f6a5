"""Values the months that are not issued yet, in a separate file, so that they can be drafted.

If lines of issued months are corrected, it values from the first of those months on, so that the
statements also name the uses behind corrections. A closing changes neither the warehouse file nor
the published file: it runs only the models that a statement needs, for the open months, and their
tests.
"""

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

import duckdb

from linernotes.base.checked_runs import (
    CLOSING,
    Check,
    CheckedRun,
    listed_failures,
    new_run_id,
    record_run,
)
from linernotes.base.clock import exact_now, now
from linernotes.base.settings import Settings
from linernotes.base.steps import add_facts
from linernotes.statements import SHOWN
from linernotes.warehouse.building import build_arguments, building
from linernotes.warehouse.calculation import (
    FIRST_MONTH,
    Scenario,
    calculation_within,
    require_rates,
)
from linernotes.warehouse.compiled import CompiledProject, compiled_project
from linernotes.warehouse.dbt import (
    BuildFailed,
    Progress,
    dbt_results,
    dbt_vars,
    forget_results,
    run_dbt,
)
from linernotes.warehouse.open_months import first_corrected_month, first_open_month
from linernotes.warehouse.sources import sources_folder
from linernotes.warehouse.spark import Spark

# The tables from which statements and their evidence are read, besides those that packages show.
TARGETS = (
    "fct_compensation_lines",
    "fct_statements",
    "fct_holds",
    "fct_pools",
    "fct_pool_fees",
    "fct_source_uses",
    "fct_exclusions",
    # Further tables that the suites of its reports read.
    "consent_statuses",
    "hold_buckets",
    # What a draft lists as the deliveries from which it was calculated.
    "deliveries",
)


def open_month_tables(settings: Settings) -> set[str]:
    """The names of the seeds and models that a closing makes."""
    project = compiled_project(settings)
    return {node.name for node in project.upstream(_targets(project))}


def calculate_open_months(
    settings: Settings,
    month: date,
    known_at: datetime | None = None,
    on_progress: Progress | None = None,
    checks: Iterable[Check] = (),
) -> Path:
    """Values the statements of a month, and of earlier months that are still open.

    Args:
        settings: The home.
        month: The report month, as its first day; later months are left out.
        known_at: The freeze, naive UTC; the present by default.
        on_progress: Called with what is done, how much there is in all, and the name of the class
            of input, the model or the test.
        checks: Results of other checks of this run, or that they are awaited.

    Returns:
        A DuckDB file with the schemas `marts` and `reports`, from which statements are drafted, and
        the record of this run.

    Raises:
        BuildFailed: if a blocking test fails.
        LinernotesError: if a model cannot be made, or a rate is missing.
    """
    freeze = known_at or now()
    project = compiled_project(settings)
    with building(settings, freeze, on_progress, "close"):
        add_facts(report_month=f"{month:%Y-%m}")
        file = settings.warehouse_file.parent / "closing" / f"{month:%Y-%m}.duckdb"
        file.parent.mkdir(parents=True, exist_ok=True)
        for left_behind in (file, Path(f"{file}.wal")):
            left_behind.unlink(missing_ok=True)
        root = sources_folder(settings)
        opened = first_open_month(root, freeze) or FIRST_MONTH
        first = min(opened, first_corrected_month(root) or month, month)
        scenario = Scenario(freeze, first_month=first, last_month=month)
        if settings.engine == "spark":
            found = _run_on_spark(settings, project, file, scenario, on_progress)
        else:
            found = _run_on_duckdb(settings, project, file, scenario, on_progress)
        record = CheckedRun(
            new_run_id(),
            CLOSING,
            freeze,
            project.digest,
            True,
            exact_now(),
            [*found, *checks],
        )
        with duckdb.connect(str(file)) as connection:
            require_rates(connection)
            record_run(connection, record)
    failing = [check for check in record.failures if check.outcome != "awaited"]
    if failing:
        raise BuildFailed(
            f"{len(failing)} blocking checks of the closing failed; nothing can be drafted:\n"
            f"{listed_failures(failing)}\nThe figures are in {file}."
        )
    return file


def _run_on_duckdb(
    settings: Settings,
    project: CompiledProject,
    file: Path,
    scenario: Scenario,
    on_progress: Progress | None,
) -> list[Check]:
    """Makes what a statement needs in the file, and says what each of its tests found."""
    with calculation_within(settings, project, sources_folder(settings), file) as run:
        run.run(scenario, _targets(project), on_progress)
        return run.checks(scenario, on_progress)


def _run_on_spark(
    settings: Settings,
    project: CompiledProject,
    file: Path,
    scenario: Scenario,
    on_progress: Progress | None,
) -> list[Check]:
    """The same on the cluster; the tables are then collected in the file."""
    # dbt names a database after its file, and the models' views refer to that name.
    unfinished = file.with_name(settings.warehouse_file.name)
    unfinished.unlink(missing_ok=True)
    engine = Spark(settings, "closing", unfinished)
    forget_results(engine.target)
    engine.prepare()
    variables = dbt_vars(settings, scenario.known_at) | {
        "first_month": scenario.first_month.isoformat(),
        "last_month": scenario.last_month.isoformat(),
    }
    selected = [f"+{name}" for name in _targets(project)]
    arguments = build_arguments(variables, selected)
    run = run_dbt(settings, arguments, on_progress, engine.environment)
    results = dbt_results(settings, run, engine.target)
    unmade = [one for one in results.checks if one.kind == "model" and one.outcome != "passed"]
    if unmade:
        raise BuildFailed(
            f"{len(unmade)} models of the closing were not made on Spark; nothing can be drafted:\n"
            f"{listed_failures(results.failures)}"
        )
    engine.collect(variables, results)
    unfinished.rename(file)
    return [one for one in results.checks if one.kind == "test" and one.is_blocking]


def _targets(project: CompiledProject) -> list[str]:
    reports = {name for name in project.nodes if name.startswith("rpt_partner__")}
    shown = {relation.rpartition(".")[2] for relation, _ in SHOWN.values()}
    return [*TARGETS, *sorted((reports | shown) - set(TARGETS))]
