"""Traces lines and events, shows past reports, simulates terms. `lookback` does the work."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linernotes.cli.root import AsJson, Month, Partner, app, as_month, settings_of

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

trace = typer.Typer(help="Trace a line to its events, or an event to its lines.")
app.add_typer(trace, name="trace", no_args_is_help=True)


@trace.command("line")
def trace_a_line(
    context: typer.Context,
    line_id: Annotated[
        str, typer.Argument(help="As in packages and in marts.fct_compensation_lines.")
    ],
    json: AsJson = False,
) -> None:
    """Trace a line to its events, terms, rates and decisions."""
    from linernotes.cli.trace_tables import print_line_trace
    from linernotes.lookback import trace_line

    print_line_trace(trace_line(settings_of(context, looks_up=True), line_id), json)


@trace.command("event")
def trace_an_event(
    context: typer.Context,
    event_id: Annotated[str, typer.Argument(help="A generation, a derivative, or a use.")],
    json: AsJson = False,
) -> None:
    """Trace an event to its lines, or show the reason if it has none."""
    from linernotes.cli.trace_tables import print_event_trace
    from linernotes.lookback import trace_event

    print_event_trace(trace_event(settings_of(context, looks_up=True), event_id), json)


@app.command("as-known")
def show_as_known(
    context: typer.Context,
    day: Annotated[
        str, typer.Argument(metavar="DATE", help="A day (as of its end) or an instant.")
    ],
    report: Annotated[str, typer.Argument(metavar="rpt_…", help="Name of the report.")],
    month: Month = None,
    partner: Partner = None,
    json: AsJson = False,
) -> None:
    """Show a report as of a past date, and what has changed since, row by row."""
    from linernotes.cli.trace_tables import print_history
    from linernotes.lookback import as_known

    history = as_known(settings_of(context, looks_up=True), _instant(day), report, partner, month)
    print_history(history, json)


def _instant(text: str) -> "datetime":
    from datetime import UTC, datetime, time

    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is not a day or an instant; write it as 2026-04-16 or 2026-04-16T06:00:00.",
            param_hint="DATE",
        ) from None
    if found.tzinfo:
        return found.astimezone(UTC).replace(tzinfo=None)
    return datetime.combine(found.date(), time.max) if len(text) == len("2026-04-16") else found


@app.command("simulate")
def simulate_terms(
    context: typer.Context,
    month: Annotated[str, typer.Option(callback=as_month, metavar="YYYY-MM", help="Which month.")],
    contract: Annotated[
        Path | None,
        typer.Option(
            help="Planned contracts, as JSONL in the format of their feed.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    attribution: Annotated[
        str | None, typer.Option(help="Attribution version to use, where it exists.")
    ] = None,
    revenue_share: Annotated[
        list[str] | None,
        typer.Option(metavar="CONTRACT=SHARE", help="A share from 0 to 1; may be repeated."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Calculate a month under changed terms and show the effect per contract. Nothing is stored."""
    from linernotes.cli.trace_tables import print_simulation
    from linernotes.ledger.records import month_start
    from linernotes.lookback import simulate

    if not (contract or attribution or revenue_share):
        raise typer.BadParameter(
            "choose what to change: --contract, --attribution, --revenue-share"
        )
    shares = _revenue_shares(revenue_share or [])
    settings = settings_of(context, looks_up=True)
    found = simulate(settings, month_start(month), contract, attribution, shares)
    print_simulation(found, json)


def _revenue_shares(texts: list[str]) -> "dict[str, Decimal]":
    from decimal import Decimal, InvalidOperation

    shares = {}
    for text in texts:
        contract_id, _, number = text.rpartition("=")
        try:
            share = Decimal(number)
            is_share = 0 <= share <= 1
        except InvalidOperation:  # no number, or NaN
            is_share = False
        if not contract_id or not is_share:
            raise typer.BadParameter(
                f"{text!r} should be a contract and a share from 0 to 1, such as umg-master=0.55.",
                param_hint="--revenue-share",
            )
        shares[contract_id] = share
    return shares
