"""What a command of the operator does, as one call: the command line, or a step that it has no
word for.

Each ends with an exit status. Nothing is disturbed here.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from linernotes import warehouse
from linernotes.settings import Settings
from linernotes.statements import draft, month_start
from orchestration.cli import _explain, run


def command(arguments: list[str]) -> int:
    """One command of the command line."""
    return run(arguments)


def publish(home: str, known_at: str) -> int:
    """The step of `build` that comes after dbt."""
    return _told(
        lambda: warehouse.publish(Settings(home=Path(home)), datetime.fromisoformat(known_at))
    )


def close_and_draft(home: str, month: str, known_at: str, by: str) -> int:
    """`statement draft --close` at a freeze that is given."""

    def go() -> None:
        settings, freeze = Settings(home=Path(home)), datetime.fromisoformat(known_at)
        file = warehouse.close_month(settings, month_start(month), freeze)
        draft(settings, month, by=by, source=file)

    return _told(go)


def _told(go: Callable[[], object]) -> int:
    """Runs a step, and tells of an error as the command line does."""
    try:
        go()
    except Exception as error:
        return _explain(error)
    return 0


def prepare(name: str, root: str) -> int:
    """Makes the home of a scenario."""
    from tests.faults.scenarios import SCENARIOS

    SCENARIOS[name].prepare(Path(root))
    return 0
