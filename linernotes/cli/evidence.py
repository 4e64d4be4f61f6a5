"""Writes bundles of evidence for audits and courts. `lookback.bundle` selects their content."""

from pathlib import Path
from typing import Annotated

import typer

from linernotes.cli.root import app, settings_of

Out = Annotated[Path, typer.Option(help="A new folder.")]


@app.command("evidence")
def write_evidence(
    context: typer.Context,
    out: Out,
    line: Annotated[str | None, typer.Option(help="A line, by its id.")] = None,
    object_id: Annotated[
        str | None, typer.Option("--object", help="A recording or work, by its id.")
    ] = None,
    decision: Annotated[str | None, typer.Option(help="A consent decision, by its id.")] = None,
    case: Annotated[str | None, typer.Option(help="A removal case, by its id.")] = None,
    incident: Annotated[str | None, typer.Option(help="An incident, by its id.")] = None,
) -> None:
    """Write the evidence of one subject into a folder: lines, uses, decisions, terms, ledger,
    verifier.

    The recipient checks it with `python3 verify.py`, without this program.
    """
    from linernotes.cli.console import print_line
    from linernotes.lookback import write_bundle

    subjects = {
        "line": line,
        "object": object_id,
        "decision": decision,
        "case": case,
        "incident": incident,
    }
    given = [(kind, subject) for kind, subject in subjects.items() if subject]
    if len(given) != 1:
        names = ", ".join(f"--{kind}" for kind in subjects)
        raise typer.BadParameter(f"name the subject with one of {names}.")
    [(kind, subject)] = given
    bundle = write_bundle(settings_of(context, looks_up=True), kind, subject, out)
    counts = ", ".join(f"{count} {name}" for name, count in bundle.rows.items() if count)
    print_line(f"{bundle.path}: {counts}. Check it with: python3 {bundle.path / 'verify.py'}")
