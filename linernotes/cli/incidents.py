"""Lists incidents, shows one, and closes it with a reason. The models find the incidents."""

from typing import Annotated

import typer

from linernotes.cli.root import NOT_ALLOWED, AsJson, Month, Partner, app, settings_of

incident = typer.Typer(help="List, show and close incidents: what happened against the rules.")
app.add_typer(incident, name="incident", no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="ID", help="As `linernotes incident list` shows it.")]


@incident.command("list")
def list_incidents(
    context: typer.Context,
    kind: Annotated[str | None, typer.Option(help="Only this kind, such as leakage.")] = None,
    month: Month = None,
    partner: Partner = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also closed and dissolved incidents.")
    ] = False,
    json: AsJson = False,
) -> None:
    """List the open incidents, most severe and oldest first."""
    from linernotes.cli.console import print_json, print_line, print_table
    from linernotes.ledger.incidents import incidents

    found = incidents(
        settings_of(context, looks_up=True), kind, month, partner, only_open=not everything
    )
    if json:
        print_json([one.as_row() for one in found])
        return
    if not found:
        print_line("No incident is open." if not everything else "There is no incident.")
        return
    print_table(
        "Incidents",
        ("incident", "severity", "what", "about", "items", "on hold", "due", "next", "status"),
        [
            (
                one.incident_id,
                one.severity,
                one.label,
                one.subject,
                one.item_count,
                ", ".join(one.held),
                one.due,
                one.next_action_by,
                one.status,
            )
            for one in found
        ],
    )


@incident.command("show")
def show_incident(context: typer.Context, incident_id: Id, json: AsJson = False) -> None:
    """Show one incident: its subject, its money, its notes."""
    from linernotes.cli.console import complain, print_json, print_table
    from linernotes.ledger.incident_notes import incident_notes
    from linernotes.ledger.incidents import incident_facts

    settings = settings_of(context, looks_up=True)
    facts = incident_facts(settings, incident_id)
    if not facts:
        complain(f"No incident {incident_id} is published; see: linernotes incident list --all")
        raise typer.Exit(NOT_ALLOWED)
    notes = [note for note in incident_notes(settings) if note.incident_id == incident_id]
    if json:
        listed = [{"by": one.noted_by, "at": one.noted_at, "because": one.because} for one in notes]
        print_json({"incident": facts, "notes": listed}, default=str)
        return
    for row in facts:
        known = [(name, value) for name, value in row.items() if value is not None]
        print_table(incident_id, ("fact", "value"), known)
    if notes:
        print_table(
            "Notes in the ledger",
            ("note", "by", "at", "because"),
            [(note.sequence, note.noted_by, note.noted_at, note.because) for note in notes],
        )


@incident.command("close")
def close(
    context: typer.Context,
    incident_id: Id,
    because: Annotated[str, typer.Option(help="The reason, in a sentence.")],
    by: Annotated[str, typer.Option(help="The person who closes it.")],
) -> None:
    """Close an incident: the ledger keeps who closed it, and why."""
    from linernotes.cli.console import print_line
    from linernotes.ledger.incident_notes import close_incident

    note = close_incident(settings_of(context), incident_id, because, by)
    print_line(
        f"{incident_id} is closed; note {note.sequence} in the ledger. The next build shows it."
    )
