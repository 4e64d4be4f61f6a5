"""Commands for a home as a whole: its version, its backup, its upgrade.

What they do is in `linernotes.homes`.
"""

from pathlib import Path
from typing import Annotated

import typer

from linernotes.cli.root import AsJson, app, settings_of


@app.command()
def upgrade(
    context: typer.Context,
    backup: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where the backup goes; else beside the home."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Bring a home of an older version to this one, after a backup. Nothing is lost or recomputed.

    Commands that write refuse an older home until then; a newer home is refused altogether.
    """
    from linernotes import homes
    from linernotes.cli.console import say, say_json

    done = homes.upgrade(settings_of(context, looks_up=True), backup)
    if json:
        say_json({"home_version": homes.HOME_VERSION, "done": done})
        return
    for sentence in done or [f"Nothing to do: the home is of version {homes.HOME_VERSION}."]:
        say(sentence)


@app.command()
def backup(
    context: typer.Context,
    to: Annotated[Path, typer.Option(metavar="DIR", help="A folder that is not there yet.")],
    json: AsJson = False,
) -> None:
    """Copy what of a home cannot be made again, and check the copy; put it back with `restore`."""
    from linernotes import homes
    from linernotes.cli.console import say, say_json

    copied = homes.back_up(settings_of(context, looks_up=True), to.absolute())
    if json:
        say_json({"backup": str(to.absolute()), "copied": copied})
    else:
        say(f"Copied to {to}, and every byte compared: {', '.join(copied)}.")


@app.command()
def restore(
    context: typer.Context,
    source: Annotated[
        Path, typer.Option("--from", exists=True, file_okay=False, help="What `backup` made.")
    ],
    json: AsJson = False,
) -> None:
    """Put a backup into a home that has nothing of it yet."""
    from linernotes import homes
    from linernotes.cli.console import say, say_json

    settings = settings_of(context, writes=False)
    restored = homes.restore(settings, source)
    if json:
        say_json({"home": str(settings.home), "restored": restored})
    else:
        say(
            f"Restored: {', '.join(restored)}. Next: linernotes verify --ledger, linernotes load,"
            " linernotes build"
        )
