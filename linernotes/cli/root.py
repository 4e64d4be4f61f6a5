"""The root of the command line: options, the home, exit statuses. Commands are added to `app`."""

import re
import sys
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

import typer
import typer.core

if TYPE_CHECKING:
    from linernotes.base.settings import Settings

DONE, NOT_ALLOWED, WRONG_USE = 0, 1, 2
given_home: ContextVar[Path | None] = ContextVar("given_home", default=None)
# The home that the command writes to, once it is known; the home's history records the run.
written_home: "ContextVar[Settings | None]" = ContextVar("written_home", default=None)

# The order of commands in the help; others follow by name.
ORDER = (
    *("demo", "sample", "load", "quarantine", "repair", "build", "statement", "report", "verify"),
    *("regulator", "ledger", "keys", "incident", "evidence", "trace", "as-known", "simulate"),
    *("metrics", "board-pack", "status", "dashboard", "up"),
)


class InOrder(typer.core.TyperGroup):
    """The commands in the order of `ORDER`."""

    def list_commands(self, ctx: Any) -> list[str]:
        places = {name: place for place, name in enumerate(ORDER)}
        return sorted(self.commands, key=lambda name: (places.get(name, len(places)), name))


app = typer.Typer(
    name="linernotes",
    cls=InOrder,
    help="The warehouse of a music service's responsible-AI programme.",
    epilog="Exit status: 0 success, 1 the data or a check does not allow the step, 2 wrong usage.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    # Coloured help would take three times as long.
    rich_markup_mode=None,
)

Scale = Annotated[float, typer.Option(min=0.001, help="1 is one ten-thousandth of a real service.")]
Seed = Annotated[int, typer.Option(help="The same seed gives the same bytes.")]
Partner = Annotated[str | None, typer.Option(help="Only this partner, by its id.")]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON, for programs.")]
Port = Annotated[int, typer.Option(min=1, max=65_535, help="Port of the web pages.")]
IdToken = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", exists=True, help="Who you are: an ID token of the login's provider."
    ),
]
Landing = Annotated[
    str | None,
    typer.Option(help="A landing zone outside the home: a folder, or s3://bucket/prefix."),
]


def as_month(value: str | None) -> str | None:
    if value is not None and not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", value):
        raise typer.BadParameter(f"{value!r} is not a month; write it as 2026-07.")
    return value


Month = Annotated[
    str | None,
    typer.Option(callback=as_month, metavar="YYYY-MM", help="Only this month; else every month."),
]
OneMonth = Annotated[
    str, typer.Option("--month", callback=as_month, metavar="YYYY-MM", help="The report month.")
]


def print_version(is_wanted: bool) -> None:
    """Prints the installed version and ends the command."""
    if is_wanted:
        from importlib.metadata import version

        typer.echo(f"linernotes {version('linernotes')}")
        raise typer.Exit(DONE)


@app.callback()
def common(
    context: typer.Context,
    home: Annotated[
        Path | None, typer.Option(help="The home to use; LINERNOTES_HOME by default.")
    ] = None,
    version: Annotated[
        bool,
        typer.Option("--version", callback=print_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """The warehouse of a music service's responsible-AI programme."""
    context.obj = home
    given_home.set(home)


def settings_of(
    context: typer.Context,
    landing: str | None = None,
    *,
    looks_up: bool = False,
    writes: bool = True,
) -> "Settings":
    """The settings of the command's home, whose name is printed.

    Args:
        context: Of the command.
        landing: A landing zone outside the home.
        looks_up: Whether the command only reads; then no home is created.
        writes: Whether the command writes to the home, and so sets the modes of its files.

    Raises:
        LinernotesError: if the command only reads, and the home is empty.
    """
    from linernotes.base.errors import LinernotesError
    from linernotes.base.settings import Settings, origin_of_home
    from linernotes.cli.console import print_home

    given = {"home": context.obj, "landing": landing}
    settings = Settings.model_validate({name: path for name, path in given.items() if path})
    origin = "--home" if context.obj else origin_of_home()
    if looks_up and not settings.is_begun:
        raise LinernotesError(
            f"The home {settings.home} (by {origin}) is empty. Run `linernotes "
            "load` first, or choose another home with --home."
        )
    print_home(settings.home, origin)
    _require_version(settings, writes and not looks_up)
    if writes and not looks_up:
        _hold(settings)
        _clear(settings)
        written_home.set(settings)
        from linernotes.base.logs import start_logging
        from linernotes.base.run_history import CURRENT_RUN, RunNow

        # Independent of the name under which the program was started.
        run = RunNow(str(uuid4()), f"linernotes {context.command_path.partition(' ')[2]}")
        CURRENT_RUN.set(run)
        start_logging(
            settings, to_stdout="--json" not in sys.argv, command=run.name, run_id=run.run_id
        )
    return settings


def _require_version(settings: "Settings", writes: bool) -> None:
    """Refuses a newer home and, for commands that write, an older one."""
    if not settings.is_begun:
        return
    from linernotes import homes

    if not writes:
        homes.require_known(settings)
        return
    homes.require_current(settings)
    if not settings.home_file.exists():
        homes.write_version(settings)


def _clear(settings: "Settings") -> None:
    """Removes files in the home's own folder that a killed command had not finished."""
    from linernotes.base import durable

    durable.clear_unfinished(settings.home)


def _hold(settings: "Settings") -> None:
    """Sets the modes of an older home, and reports it."""
    from linernotes.base import modes
    from linernotes.cli.console import warn

    roots = (settings.published_root, settings.outbox_root)
    left_alone = (settings.landing_root, settings.keys_root, settings.login_file)
    found = modes.hold_home(settings.home, roots, left_alone, settings.readers)
    if found.changed:
        warn(
            f"Files and folders whose mode was changed: {found.changed:,}. Only its owner can "
            f"read the home now; {' and '.join(root.name for root in roots)} can be read as "
            f"LINERNOTES_READERS={settings.readers} says. Other users who deliver into a landing "
            "zone in the home need LINERNOTES_READERS=group or all."
        )
    if found.foreign:
        warn(
            f"Files and folders that belong to another user and stay as they are: "
            f"{len(found.foreign):,}, such as {found.foreign[0]}."
        )


def report_to_dagster(settings: "Settings", what: str, outcome: object) -> None:
    """Reports to Dagster what a command has done, if Dagster has records of the home."""
    if not (settings.home / "dagster" / "dagster.yaml").exists():
        return
    from linernotes.cli.console import warn

    try:
        from orchestration import events

        getattr(events, what)(settings, outcome)
    except Exception as reason:  # the command has succeeded, even if Dagster cannot record it
        warn(f"Dagster could not record it: {reason}")
