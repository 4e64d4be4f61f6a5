"""Load and build, as commands run them; a build is published only if no blocking check fails.

Commands and assets call the same functions, and present the results themselves.
"""

import logging
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from pathlib import Path

from expectations.runner import CheckResult, load_suites, run_raw_suites, run_suites
from linernotes import warehouse
from linernotes.base.checked_runs import Check, record_checks, run_of
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.ingestion import DeliveryOutcome, LoadReport, admit_landing, list_landing

LOG = logging.getLogger(__name__)
# A failed check never changes this.
KEPT_PUBLICATION = "and what is published stays."
StepProgress = Callable[[str, int, int, str], None]
Progress = Callable[[int, int, str], None]


class ChecksFailed(LinernotesError):
    """Blocking checks failed, so downstream steps do not run."""

    def __init__(self, results: list[CheckResult], consequence: str) -> None:
        self.results = [result for result in results if result.is_blocking]
        listed = "\n".join(
            f"  - {result.check_name} ({result.outcome}, {result.unexpected_count} rows):"
            f" {result.reason}"
            for result in self.results
        )
        super().__init__(f"{len(self.results)} blocking checks failed; {consequence}\n{listed}")


@dataclass(frozen=True)
class BuildOutcome:
    """The result of one build.

    Attributes:
        build: The result of dbt.
        checks: Results of the raw and the report suites.
        published_file: The new published file; None after a build of a selection.
    """

    build: warehouse.BuildResult
    checks: list[CheckResult]
    published_file: Path | None


def load(
    settings: Settings, feeds: list[str] | None = None, on_progress: StepProgress | None = None
) -> LoadReport:
    """Loads what is new in the landing zone.

    Args:
        settings: The home, with its landing zone.
        feeds: `<source>/<feed>` names; all by default.
        on_progress: Called with "Load", deliveries done, files there, and the delivery's name.
    """
    total = len(list_landing(settings.landing_place, feeds).arrivals)
    numbers = count(1)

    def report(outcome: DeliveryOutcome) -> None:
        if on_progress:
            on_progress("Load", next(numbers), total, outcome.name)

    return admit_landing(settings, feeds, report)


def build_and_publish(
    settings: Settings,
    known_at: datetime | None = None,
    select: str | None = None,
    on_progress: StepProgress | None = None,
) -> BuildOutcome:
    """Checks the lake, builds the warehouse, checks the reports, publishes.

    Args:
        settings: The home.
        known_at: The freeze, naive UTC; the present by default.
        select: dbt selection, everything by default. A selection is only built for inspection and
        never published: the other tables may be of another freeze, or may have failed their tests.
        on_progress: Called with the step's name, units done, units in all, and the unit's name.

    Raises:
        ChecksFailed: if a blocking check fails. Readers keep the last publication.
        BuildFailed: if dbt fails.
    """
    progress = _by_step(on_progress)
    with warehouse.publication_lock(settings):
        checks = require_raw_suites(settings, "the warehouse is not built", progress("Raw suites"))
        build = warehouse.build(settings, known_at, select, progress("dbt"), awaited_suites())
        if select:
            return BuildOutcome(build, checks, None)
        checks += check_reports(settings, on_progress=progress("Report suites"))
        require(checks, f"this build is not published, {KEPT_PUBLICATION}")
        published = warehouse.publish(settings)
        LOG.info(
            "published",
            extra={"file": published.name, "nodes": build.node_count, "checks": len(checks)},
        )
        return BuildOutcome(build, checks, published)


@contextmanager
def calculated_month_end(
    settings: Settings,
    month: date,
    known_at: datetime | None = None,
    on_progress: StepProgress | None = None,
) -> Generator[Path]:
    """Calculates a month for its statements, with every check of its inputs and reports.

    The statements are drafted in the context: until its end no other closing replaces the file.

    Args:
        settings: The home.
        month: The report month, as its first day.
        known_at: The freeze, naive UTC; the present by default.
        on_progress: Called with the step's name, units done, units in all, and the unit's name.

    Yields:
        The closing's file, from which statements may be drafted.

    Raises:
        ChecksFailed: if a blocking expectation fails.
        BuildFailed: if a blocking test fails, or another closing of the home is running.
    """
    progress = _by_step(on_progress)
    with warehouse.closing_lock(settings):
        require_raw_suites(settings, "nothing is valued", progress("Raw suites"))
        tables = warehouse.open_month_tables(settings)
        file = warehouse.calculate_open_months(
            settings, month, known_at, progress("Revalue"), awaited_suites(tables)
        )
        checks = check_reports(settings, tables, file, progress("Report suites"))
        require(checks, "nothing can be drafted from this closing.")
        yield file


def require_raw_suites(
    settings: Settings, consequence: str, on_progress: Progress | None = None
) -> list[CheckResult]:
    """Results of the suites of the lake; raises `ChecksFailed` if one of them is blocking."""
    checks = run_raw_suites(settings, on_progress)
    require(checks, f"{consequence}, {KEPT_PUBLICATION}")
    return checks


def check_reports(
    settings: Settings,
    tables: Iterable[str] | None = None,
    file: Path | None = None,
    on_progress: Progress | None = None,
) -> list[CheckResult]:
    """Runs the suites of reports, and adds their results to the record of the run.

    The results of the lake's suites are added too; these run again if something was loaded since
    the run began.

    Args:
        settings: The home.
        tables: Only the suites of these tables.
        file: The closing's file; the warehouse file when left out.
        on_progress: Called with suites done, suites in all, and the table's name.

    Returns:
        The results of the reports' suites.
    """
    made = file or settings.warehouse_file
    run = run_of(made)
    if run is None:
        again = "close the month again" if file else "run `linernotes build`"
        raise LinernotesError(f"{made} has no record of a run: {again}.")
    suites = [one.table for one in load_suites(layer="reports")]
    chosen = [name for name in suites if tables is None or name in tables]
    results = run_suites(settings, chosen, "reports", on_progress, file)
    answered = [*run_raw_suites(settings), *results]
    record_checks(made, run.invocation_id, [as_check(result) for result in answered])
    return results


def awaited_suites(tables: Iterable[str] | None = None) -> list[Check]:
    """The expectations that a run has to check: all of the lake, and those of its reports.

    Args:
        tables: The tables that it makes; every report when left out.
    """
    return [
        Check("suite", suite.check_name(one), "awaited", one.severity == "error")
        for suite in load_suites()
        if suite.layer == "raw" or tables is None or suite.table in tables
        for one in suite.expectations
    ]


def as_check(result: CheckResult) -> Check:
    """A suite's result in the form of the record of a run."""
    return Check(
        "suite",
        result.check_name,
        result.outcome,
        result.severity == "error",
        result.unexpected_count,
        "" if result.outcome == "passed" else result.reason,
    )


def _by_step(on_progress: StepProgress | None) -> Callable[[str], Progress]:
    """The progress of one step of several, by its name."""

    def progress(step: str) -> Progress:
        def report(done: int, total: int, name: str) -> None:
            if on_progress:
                on_progress(step, done, total, name)

        return report

    return progress


def require(checks: list[CheckResult], consequence: str) -> None:
    """Raises `ChecksFailed` if one of the results is blocking."""
    if any(result.is_blocking for result in checks):
        raise ChecksFailed(checks, consequence)
