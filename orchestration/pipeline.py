"""Load and build as commands run them; a build publishes only if no blocking check is broken.

Commands and assets call the same functions; how they show what came of it is not decided here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from expectations.runner import CheckResult, run_suites
from linernotes import warehouse
from linernotes.errors import LinernotesError
from linernotes.ingestion import DeliveryOutcome, LoadReport, admit_landing, list_landing
from linernotes.settings import Settings

RESULTS_SELECTION = "stg_door__check_results+"
StepProgress = Callable[[str, int, int, str], None]


class ChecksFailed(LinernotesError):
    """Blocking checks do not hold, so what is downstream does not run."""

    def __init__(self, results: list[CheckResult], consequence: str) -> None:
        self.results = [result for result in results if result.is_blocking]
        listed = "\n".join(
            f"  - {result.check_name} ({result.outcome}, {result.unexpected_count} rows):"
            f" {result.reason}"
            for result in self.results
        )
        super().__init__(
            f"{len(self.results)} blocking checks do not hold; {consequence}\n{listed}"
        )


@dataclass(frozen=True)
class BuildOutcome:
    """What one build came to.

    Attributes:
        build: What dbt did.
        checks: Results of the raw and the report suites.
        published_file: The file that readers now open; none after a build of a selection.
    """

    build: warehouse.BuildResult
    checks: list[CheckResult]
    published_file: Path | None


def load(
    settings: Settings, feeds: list[str] | None = None, on_progress: StepProgress | None = None
) -> LoadReport:
    """Takes what is new in the landing zone through the door.

    Args:
        settings: The home, and where the landing zone lies.
        feeds: `<source>/<feed>` names; all by default.
        on_progress: Called with "Load", deliveries done, files there, and the delivery's name.
    """
    total = len(list_landing(settings.landing_root, feeds).arrivals)
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
        select: dbt selection, everything by default. A selection is built to be looked at and never
            published: what it leaves out may be of another freeze, or refused by its tests.
        on_progress: Called with the step's name, units done, units in all, and the unit's name.

    Raises:
        ChecksFailed: if a blocking check does not hold. What was published before stays.
        BuildFailed: if dbt fails.
    """

    def progress(step: str) -> Callable[[int, int, str], None]:
        def report(done: int, total: int, name: str) -> None:
            if on_progress:
                on_progress(step, done, total, name)

        return report

    with warehouse.publishing_alone(settings):
        checks = run_suites(settings, layer="raw", on_progress=progress("Raw suites"))
        require(checks, "the warehouse is not built, and what is published stays.")
        build = warehouse.build(settings, known_at, select, progress("dbt"))
        if select:
            return BuildOutcome(build, checks, None)
        checks += run_suites(settings, layer="reports", on_progress=progress("Report suites"))
        require(checks, "this build is not published, and what was published before stays.")
        return BuildOutcome(build, checks, publish_with_results(settings, build.known_at))


def publish_with_results(settings: Settings, known_at: datetime) -> Path:
    """Publishes a build, with what its report suites found among what is published.

    dbt has run before those suites, so the table of results is built once more.
    """
    warehouse.build(settings, known_at, select=RESULTS_SELECTION)
    return warehouse.publish(settings, known_at)


def require(checks: list[CheckResult], consequence: str) -> None:
    """Raises `ChecksFailed` if one of the results is blocking."""
    if any(result.is_blocking for result in checks):
        raise ChecksFailed(checks, consequence)
