"""`--json` for every command: its tables and sentences as one JSON object.

Commands with their own JSON format define the option themselves.
"""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

import typer

from linernotes.cli.root import AsJson

# Servers, and the text that auditors store byte for byte.
WITHOUT = frozenset({"dashboard", "up", "mcp", "head", "demo", "sample"})


def offer_json(app: typer.Typer) -> None:
    """Adds `--json` to each command of an application and its groups that lacks it."""
    for command in app.registered_commands:
        callback = command.callback
        if callback is None or (command.name or getattr(callback, "__name__", "")) in WITHOUT:
            continue
        if "json" not in inspect.signature(callback).parameters:
            command.callback = _with_json(callback)
    for group in app.registered_groups:
        if group.typer_instance:
            offer_json(group.typer_instance)


def _with_json(callback: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(callback)
    def command(*values: Any, json: bool = False, **named: Any) -> Any:
        if not json:
            return callback(*values, **named)
        from linernotes.cli.console import collected, print_json

        with collected() as output:
            try:
                return callback(*values, **named)
            finally:
                output.stop()
                print_json(output.content, str)

    signature = inspect.signature(callback)
    option = inspect.Parameter(
        "json", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=AsJson
    )
    shown = signature.replace(parameters=[*signature.parameters.values(), option])
    setattr(command, "__signature__", shown)  # noqa: B010
    command.__annotations__ = callback.__annotations__ | {"json": AsJson}
    return command
