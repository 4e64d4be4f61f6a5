"""The history of runs in a home: person, command, time and outcome, one line per run, append-only.

`quality.runs` of the published file shows these lines. If spans are sent (`steps.py`), each line is
the parent span of the run's steps.
"""

import json
import os
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import asdict, dataclass, fields

from linernotes.base.settings import Settings
from linernotes.base.steps import spans_are_wanted


@dataclass(frozen=True)
class Run:
    """One run of a command, or of a job of Dagster.

    Attributes:
        run_id: Different for each.
        command: The command with its options, or the job with its partition.
        person: Who ran it, as the system knows them.
        host: On which machine.
        program: The version of Linernotes.
        started_at: ISO 8601, UTC.
        ended_at: ISO 8601, UTC.
        exit_status: 0 success, 1 the data or a check does not allow the step, 2 wrong usage.
        details: The reason for another status than 0, in one line; empty otherwise.
    """

    run_id: str
    command: str
    person: str
    host: str
    program: str
    started_at: str
    ended_at: str
    exit_status: int
    details: str = ""


COLUMNS = {
    "run_id": ("varchar", "Different for each run."),
    "command": ("varchar", "The command with its options, or the job with its partition."),
    "person": ("varchar", "Who ran it, as the operating system knows them."),
    "host": ("varchar", "On which machine."),
    "program": ("varchar", "The version of Linernotes."),
    "started_at": ("timestamp", "When it began, UTC."),
    "ended_at": ("timestamp", "When it ended, UTC."),
    "exit_status": (
        "integer",
        "0 success, 1 the data or a check does not allow the step, 2 wrong usage.",
    ),
    "details": ("varchar", "Why it did not end with 0; empty otherwise."),
}
GRAIN = "One row per run of a command or job that writes, before this file was published."


@dataclass(frozen=True)
class RunNow:
    """The run that this process belongs to.

    Attributes:
        run_id: A UUID, as the history will have it.
        name: What is run, without its options.
    """

    run_id: str
    name: str


CURRENT_RUN: ContextVar[RunNow | None] = ContextVar("run", default=None)


def note_run(settings: Settings, run: Run, name: str) -> None:
    """Adds a line; if the home is not writable, the run continues without it.

    Args:
        settings: The home.
        run: What is added.
        name: Command or job without its options, as the name of the run's span.
    """
    if spans_are_wanted():
        from linernotes.base.spans import send_run

        send_run(run, name)
    line = json.dumps(asdict(run), ensure_ascii=False) + "\n"
    with suppress(OSError):
        # One write in append mode, so that lines of two processes never mix.
        file = os.open(settings.runs_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(file, line.encode(errors="backslashreplace"))
        finally:
            os.close(file)


def runs(settings: Settings) -> list[Run]:
    """Every run, oldest first; a line that a power cut truncated is skipped."""
    try:
        lines = settings.runs_file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    known = {one.name for one in fields(Run)}
    found = []
    for line in lines:
        try:
            content = json.loads(line)
            found.append(Run(**{name: value for name, value in content.items() if name in known}))
        except (ValueError, TypeError, AttributeError):
            continue
    return found
