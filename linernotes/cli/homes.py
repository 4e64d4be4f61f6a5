"""Commands for a home as a whole: upgrade, backup, restore.

`linernotes.homes` does the work.
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
        typer.Option(metavar="DIR", help="The folder of the backup; beside the home by default."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Upgrade a home of an older version, after a backup. Loaded and issued data does not change.

    Commands that write refuse an older home until then; all commands refuse a newer home.
    """
    from linernotes import homes
    from linernotes.cli.console import print_json, print_line

    done = homes.upgrade(settings_of(context, looks_up=True), backup)
    if json:
        print_json({"home_version": homes.HOME_VERSION, "done": done})
        return
    for sentence in done or [f"Nothing to do: the home has version {homes.HOME_VERSION}."]:
        print_line(sentence)


@app.command()
def backup(
    context: typer.Context,
    to: Annotated[Path, typer.Option(metavar="DIR", help="A new folder.")],
    json: AsJson = False,
) -> None:
    """Copy all data of a home that cannot be rebuilt, and check the copy; `restore` restores it."""
    from linernotes import homes
    from linernotes.cli.console import print_json, print_line

    copied = homes.back_up(settings_of(context, looks_up=True), to.absolute())
    if json:
        print_json({"backup": str(to.absolute()), "copied": copied})
    else:
        print_line(f"Copied to {to} and compared byte by byte: {', '.join(copied)}.")


@app.command()
def restore(
    context: typer.Context,
    source: Annotated[
        Path, typer.Option("--from", exists=True, file_okay=False, help="What `backup` made.")
    ],
    json: AsJson = False,
) -> None:
    """Restore a backup into an empty home."""
    from linernotes import homes
    from linernotes.cli.console import print_json, print_line

    settings = settings_of(context, writes=False)
    restored = homes.restore(settings, source)
    if json:
        print_json({"home": str(settings.home), "restored": restored})
    else:
        print_line(
            f"Restored: {', '.join(restored)}. Next: linernotes verify --ledger, linernotes load,"
            " linernotes build"
        )
