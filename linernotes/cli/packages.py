"""Writes packages and board packs, and delivers packages. The library does the work."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linernotes.cli.root import NOT_ALLOWED, Month, OneMonth, Partner, app, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from linernotes.base.settings import Settings
    from linernotes.packages import Package


@app.command()
def report(
    context: typer.Context,
    month: Month = None,
    partner: Partner = None,
    deliver: Annotated[
        bool, typer.Option("--deliver", help="Also deliver them to the agreed targets.")
    ] = False,
    again: Annotated[
        bool,
        typer.Option("--again", help="With --deliver: also packages that have arrived before."),
    ] = False,
    rewrite: Annotated[
        bool,
        typer.Option(
            "--rewrite",
            help="With --partner: write a new version of issued packages, under the present "
            "agreements.",
        ),
    ] = False,
) -> None:
    """Write the partners' packages, and deliver them.

    Packages of drafts are marked DRAFT and are not delivered. Packages of issued statements never
    change. If a delivery fails, the others continue, and the command ends with 1.
    """
    if again and not deliver:
        raise typer.BadParameter("goes with --deliver.", param_hint="--again")
    if rewrite and not partner:
        raise typer.BadParameter("goes with --partner.", param_hint="--rewrite")
    settings = settings_of(context)
    if deliver:
        _report_and_deliver(settings, month, partner, again, rewrite)
        return
    from linernotes.cli.console import progress_bars
    from linernotes.packages import write_packages

    with progress_bars() as progress:
        packages = write_packages(
            settings, month, partner, lambda *unit: progress("Packages", *unit), rewrite=rewrite
        )
    _print_packages(packages)


def _print_packages(packages: "Iterable[Package]") -> None:
    from linernotes.cli.console import print_table

    print_table(
        "Packages",
        ("partner", "month", "version", "state", "content", "folder"),
        [
            (
                package.partner_id,
                package.report_month,
                package.version,
                package.state,
                "new" if package.is_new else "as before",
                package.path,
            )
            for package in packages
        ],
    )


def _report_and_deliver(
    settings: "Settings", month: str | None, partner: str | None, again: bool, rewrite: bool
) -> None:
    from linernotes.cli.console import print_table, progress_bars
    from linernotes.cli.delivering import report_and_deliver

    with progress_bars() as progress:
        delivered = report_and_deliver(
            settings, month, partner, again=again, on_progress=progress, rewrite=rewrite
        )
    _print_packages(delivered.packages)
    print_table(
        "Shipments",
        ("partner", "month", "version", "files", "bytes", "target", "outcome"),
        [
            (
                one.partner_id,
                one.report_month,
                one.version,
                len(one.files),
                one.sent_bytes,
                one.target,
                one.outcome,
            )
            for one in delivered.shipments
        ],
        numbers=("version", "files", "bytes"),
    )
    print_table("Not delivered", ("partner", "month", "because"), delivered.troubles)
    if delivered.troubles:
        raise typer.Exit(NOT_ALLOWED)


@app.command(name="board-pack")
def board_pack(
    context: typer.Context,
    month: OneMonth,
    out: Annotated[
        Path | None,
        typer.Option(help="The PDF file; board-pack-MONTH.pdf in the home's reports by default."),
    ] = None,
    mail: Annotated[
        bool, typer.Option("--mail", help="Also mail it to LINERNOTES_BOARD_EMAIL.")
    ] = False,
) -> None:
    """Write the board pack of a month: promises, money, risks, decisions needed."""
    from linernotes.cli.console import print_line
    from linernotes.dashboard import mail_board_pack, write_board_pack

    settings = settings_of(context)
    written = write_board_pack(settings, month, out)
    print_line(f"Board pack: {written}")
    if mail:
        print_line(f"Mailed to {mail_board_pack(settings, month, written)}.")
