"""Prints metrics, and the health of a home. `metrics` and `health` read them."""

from typing import Annotated

import typer

from linernotes.cli.root import NOT_ALLOWED, AsJson, app, settings_of


@app.command()
def metrics(
    context: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", help="Names of metrics; without one, lists all."),
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME[,NAME]", help="A dimension to split by; may be repeated."),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE[,VALUE]", help="A filter; may be repeated."),
    ] = None,
    months: Annotated[
        str | None,
        typer.Option(metavar="YYYY-MM[:YYYY-MM]", help="A month, or the first and the last."),
    ] = None,
    form: Annotated[str, typer.Option("--format", help="table, csv or json.")] = "table",
) -> None:
    """Print values of metrics, or list all metrics."""
    from linernotes.cli.metric_tables import Form, print_metrics

    if form not in list(Form):
        raise typer.BadParameter(f"{form!r} is not one of table, csv, json.", param_hint="--format")
    filters = {}
    for text in where or []:
        name, _, values = text.partition("=")
        if not values:
            raise typer.BadParameter(
                f"{text!r} should be a name and values, such as partner_id=umg,wmg.",
                param_hint="--where",
            )
        filters[name] = values.split(",")
    first, _, last = (months or "").partition(":")
    span = (first, last or first) if months else None
    split = [name for text in by or [] for name in text.split(",")]
    print_metrics(settings_of(context, writes=False), names or [], split, filters, span, Form(form))


@app.command()
def status(
    context: typer.Context,
    json: AsJson = False,
    prometheus: Annotated[
        bool,
        typer.Option(
            "--prometheus", help="In Prometheus' text format, such as for its textfile collector."
        ),
    ] = False,
) -> None:
    """Show the health of a home: deliveries, checks, statements, next steps.

    Ends with 1 if a blocking check fails.
    """
    from linernotes.cli.health import read_health
    from linernotes.cli.status_view import (
        print_health,
        print_health_as_json,
        print_health_for_prometheus,
    )

    settings = settings_of(context, writes=False)
    health = read_health(settings)
    if prometheus:
        print_health_for_prometheus(health)
    else:
        (print_health_as_json if json else print_health)(health)
    if health.is_blocked:
        raise typer.Exit(NOT_ALLOWED)
