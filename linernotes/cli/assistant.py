"""The command that serves assistants: the desk over standard input and output.

What it answers is in `linernotes.assistant`.
"""

from typing import Annotated

import typer

from linernotes.cli.root import app, settings_of


@app.command()
def mcp(
    context: typer.Context,
    rows: Annotated[int, typer.Option(min=1, help="The most rows of an answer.")] = 1_000,
    seconds: Annotated[float, typer.Option(min=0.1, help="The longest a query may take.")] = 20.0,
) -> None:
    """Serve the published warehouse to an assistant, over standard input and output.

    It is a server of the Model Context Protocol: read-only, metrics first, guarded SQL second.
    """
    from linernotes.assistant import Desk, Limits, make_server

    make_server(Desk(settings_of(context, writes=False), Limits(rows=rows, seconds=seconds))).run()
