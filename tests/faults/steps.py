"""What a command of the operator does, as one call: the command line, or a step that it has no
word for.

Each ends with an exit status. Nothing is disturbed here.
"""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from linernotes import warehouse
from linernotes.base import durable
from linernotes.base.published import open_published, publication
from linernotes.base.settings import Settings
from linernotes.cli.app import _explain, run
from linernotes.ledger import keys
from linernotes.ledger.records import month_start
from linernotes.statements import draft
from linernotes.warehouse import month_end


def command(arguments: list[str]) -> int:
    """One command of the command line."""
    return run(arguments)


def publish(home: str) -> int:
    """The step of `build` that comes after dbt."""
    # Where an account of an error goes.
    os.environ["LINERNOTES_HOME"] = home
    return _reported(lambda: warehouse.publish(Settings(home=Path(home))))


def close_and_draft(home: str, month: str, known_at: str, by: str) -> int:
    """`statement draft --close` at a freeze that is given."""
    # The ledger bears the number of the run.
    vars(month_end)["new_run_id"] = lambda: "the closing"

    def go() -> None:
        settings, freeze = Settings(home=Path(home)), datetime.fromisoformat(known_at)
        file = warehouse.calculate_open_months(settings, month_start(month), freeze)
        draft(settings, month, by=by, source=file)

    return _reported(go)


def first_issue(home: str, month: str) -> int:
    """`statement issue` that makes the home's signing key; it is the same one each time."""
    from tests.faults.scenarios import KEY

    write = vars(keys)["_write_private"]
    vars(keys)["_write_private"] = lambda settings, _, **more: write(
        settings, keys.SigningKey(KEY), **more
    )
    return run(["--home", home, "statement", "issue", "--month", month])


def _reported(go: Callable[[], object]) -> int:
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


def publish_often(home: str, times: int) -> int:
    """Publishes again and again, under the feet of readers."""
    for _ in range(times):
        if status := publish(home):
            return status
    return 0


def read_often(home: str, times: int) -> int:
    """Opens what is published again and again; ends with how often that failed."""
    failed = 0
    for _ in range(times):
        try:
            with open_published(Settings(home=Path(home))) as connection:
                connection.execute("select count(*) from marts.dim_partners").fetchall()
            publication(Settings(home=Path(home)))
        except Exception as error:
            print(type(error).__name__, error)
            failed += 1
    return min(failed, 100)


def sync_delete_and_write(folder: str, times: int) -> int:
    """Writes and syncs a file, deletes it, and leaves another one in its place unsynced."""
    for number in range(times):
        first = Path(folder) / f"{number}.synced"
        durable.write_text(first, "synced")
        first.unlink()
        (Path(folder) / f"{number}.unsynced").write_text("lost")
    return 0
