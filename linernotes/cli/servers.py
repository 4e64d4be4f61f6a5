"""Starts web pages: the dashboard, and Dagster. The pages are elsewhere."""

from typing import Annotated

import typer

from linernotes.cli.root import Port, app, settings_of


@app.command()
def dashboard(
    context: typer.Context,
    host: Annotated[
        str, typer.Option(help="Address to listen on; others than this machine's need a login.")
    ] = "127.0.0.1",
    port: Port = 8501,
) -> None:
    """Start the executive dashboard over the published warehouse."""
    from linernotes.dashboard import OpenToOthers, serve

    try:
        serve(settings_of(context, writes=False), host, port)
    except OpenToOthers as error:
        raise typer.BadParameter(str(error), param_hint="--host") from None


@app.command()
def up(
    context: typer.Context,
    host: Annotated[
        str,
        typer.Option(help="Address to listen on; others than this machine's: --behind-login."),
    ] = "127.0.0.1",
    port: Port = 3000,
    behind_login: Annotated[
        bool,
        typer.Option(
            "--behind-login",
            help="Others reach the address only through something that asks who is there.",
        ),
    ] = False,
) -> None:
    """Start Dagster: web pages and daemon, with the schedules.

    The pages have no login: who reaches them can start and end runs.
    """
    from linernotes.base.ports import is_loopback
    from orchestration.webserver import serve

    if not behind_login and not is_loopback(host):
        raise typer.BadParameter(
            f"Dagster's pages have no login, so they listen to this machine alone, not to {host}. "
            "Put a proxy with a login in front and say so with --behind-login, or leave --host "
            "away.",
            param_hint="--host",
        )

    raise typer.Exit(serve(settings_of(context), host, port))
