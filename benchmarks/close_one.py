"""Calculates one month as of a freeze, in its own process, as `statement draft --close` does.

The command closes with current knowledge; a benchmark closes past months as of their own freezes.
"""

import argparse
import getpass
from datetime import date, datetime

from linernotes import statements, warehouse
from linernotes.base.settings import Settings
from linernotes.warehouse.building import building
from linernotes.warehouse.calculation import FIRST_MONTH, Scenario, calculation
from linernotes.warehouse.compiled import compiled_project
from linernotes.warehouse.sources import sources_folder


def close(settings: Settings, month: date, known_at: datetime) -> None:
    """Calculates open months, and issued months whose input has changed."""
    warehouse.calculate_open_months(settings, month, known_at)


def issue(settings: Settings, month: date, known_at: datetime) -> None:
    """Closes a month, and drafts, approves and issues its statements."""
    text, name = f"{month:%Y-%m}", getpass.getuser()
    source = warehouse.calculate_open_months(settings, month, known_at)
    statements.draft(settings, text, by=name, source=source)
    statements.approve(settings, text, by=f"{name} again")
    statements.issue(settings, text, by=name)


def recompute(settings: Settings, month: date, known_at: datetime) -> None:
    """Calculates every month from the first one on, issued or not, each once."""
    project = compiled_project(settings)
    file = settings.home / "recomputed.duckdb"
    file.unlink(missing_ok=True)
    with (
        building(settings, known_at),
        calculation(project, sources_folder(settings), file) as run,
    ):
        world = Scenario(known_at, first_month=FIRST_MONTH, last_month=month)
        run.run(world, ["int_compensation__lines_calculated"])


def compile_models(settings: Settings, month: date, known_at: datetime) -> None:
    """Lets dbt compile the models if no earlier run on this machine did; calculates nothing."""
    compiled_project(settings)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", choices=["close", "issue", "recompute", "compile"])
    parser.add_argument("month", type=date.fromisoformat, help="its first day")
    parser.add_argument("known_at", type=datetime.fromisoformat, help="the freeze, in UTC")
    arguments = parser.parse_args()
    works = {"close": close, "issue": issue, "recompute": recompute, "compile": compile_models}
    works[arguments.work](Settings(), arguments.month, arguments.known_at)
