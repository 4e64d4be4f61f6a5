"""Runs one command and returns its status. Only this module turns exceptions into messages."""

import logging
import os
import shlex
import socket
import sys
from datetime import datetime
from importlib.metadata import version
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

from linernotes.base.clock import millisecond_text, utc_now
from linernotes.cli import (
    alerting,
    assistant,
    evidence,
    feeds,
    homes,
    incidents,
    intake,
    ledger,
    lookback,
    overview,
    packages,
    regulator,
    samples,
    servers,
    statements,
    warehouse,
)
from linernotes.cli.as_json import offer_json
from linernotes.cli.root import DONE, NOT_ALLOWED, WRONG_USE, app, given_home, written_home

if TYPE_CHECKING:
    from linernotes.base.settings import Settings

# Each module adds its commands to the root when it is imported.
COMMANDS = (
    samples,
    intake,
    warehouse,
    statements,
    lookback,
    packages,
    regulator,
    ledger,
    incidents,
    evidence,
    overview,
    servers,
    feeds,
    homes,
    alerting,
    assistant,
)


offer_json(app)
# Log records go where a writing command sends them, and never directly to the terminal.
logging.getLogger("linernotes").addHandler(logging.NullHandler())


def run(arguments: list[str] | None = None) -> int:
    """Runs one command and returns its exit status; turns exceptions into messages."""
    _escape_unprintable()
    written_home.set(None)
    words = sys.argv[1:] if arguments is None else arguments
    started_at, status, details = utc_now(), DONE, ""
    try:
        app(args=arguments)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else NOT_ALLOWED
    except Exception as error:
        from linernotes.base.errors import first_line

        details = first_line(error)
        status = _explain(error)
    if settings := written_home.get():
        _note(settings, words, started_at, status, details)
    return status


def _note(
    settings: "Settings", words: list[str], started_at: datetime, status: int, details: str
) -> None:
    """Adds a writing command to the run history of its home."""
    from linernotes.base.run_history import CURRENT_RUN, Run, note_run
    from linernotes.statements import person_of_the_system

    now = CURRENT_RUN.get()
    if now is None:
        return
    CURRENT_RUN.set(None)
    note_run(
        settings,
        Run(
            run_id=now.run_id,
            command=shlex.join(["linernotes", *words]),
            person=person_of_the_system().identity,
            host=socket.gethostname(),
            program=version("linernotes"),
            started_at=millisecond_text(started_at),
            ended_at=millisecond_text(utc_now()),
            exit_status=status,
            details=details,
        ),
        now.name,
    )


def _escape_unprintable() -> None:
    """Makes every text printable: characters that the output's encoding lacks are escaped."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _explain(error: Exception) -> int:
    from pydantic import ValidationError

    from linernotes.base import disk
    from linernotes.base.errors import LinernotesError
    from linernotes.cli.console import complain, complain_of_defect

    if isinstance(error, LinernotesError):
        complain(str(error))
        return NOT_ALLOWED
    if isinstance(error, ValidationError):
        faults = (
            (*map(str, e["loc"]), e["msg"].removeprefix("Value error, ")) for e in error.errors()
        )
        wrong = "; ".join(": ".join(parts) for parts in faults)
        complain(
            f"The settings are wrong: {wrong}. Look at --home, LINERNOTES_… variables and .env."
        )
        return WRONG_USE
    if words := disk.message_for(error):
        complain(words)
        return NOT_ALLOWED
    if isinstance(error, OSError) and error.filename:
        complain(f"{error.strerror}: {error.filename}. Check the path and who may use it.")
        return NOT_ALLOWED
    complain_of_defect(error, _log_folder())
    return NOT_ALLOWED


def _log_folder() -> Path:
    import tempfile

    from linernotes.base.settings import Settings

    try:
        home = given_home.get()
        return Settings.model_validate({"home": home} if home else {}).home / "logs"
    except Exception:  # the settings may be invalid
        return Path(tempfile.gettempdir())


def main() -> None:
    """Runs the command in `sys.argv`.

    The process skips Python's cleanup, in which DuckDB's bindings print dozens of irrelevant lines
    about leaks.
    """
    from linernotes.base import modes

    modes.keep_private()
    status = run()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
