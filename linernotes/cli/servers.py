"""Starts the web servers of the dashboard and of Dagster. The pages are defined elsewhere."""

from typing import Annotated

import typer

from linernotes.cli.root import Port, app, settings_of


@app.command()
def dashboard(
    context: typer.Context,
    host: Annotated[
        str, typer.Option(help="Address to listen on; any other than this machine's needs a login.")
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
        typer.Option(
            help="Address to listen on; any other than this machine's needs --behind-login."
        ),
    ] = "127.0.0.1",
    port: Port = 3000,
    behind_login: Annotated[
        bool,
        typer.Option(
            "--behind-login",
            help="Confirms that the address can be reached only through a proxy with a login.",
        ),
    ] = False,
) -> None:
    """Start Dagster: web server and daemon, with the schedules.

    The pages have no login: anyone who reaches them can start and end runs.
    """
    from linernotes.base.ports import is_loopback
    from orchestration.webserver import serve

    if not behind_login and not is_loopback(host):
        raise typer.BadParameter(
            f"Dagster's pages have no login, so they listen only on this machine, not on {host}. "
            "Put a proxy with a login in front and confirm it with --behind-login, or omit --host.",
            param_hint="--host",
        )

    raise typer.Exit(serve(settings_of(context), host, port))
