"""The command that sends new alerts of a home, for installations without Dagster's daemon.

`news.py` decides what is worth an alert.
"""

import typer

from linernotes.cli.root import NOT_ALLOWED, AsJson, app, settings_of


@app.command()
def alert(context: typer.Context, json: AsJson = False) -> None:
    """Send new alerts by mail and webhook, each once; run it from cron every few minutes.

    Ends with 1 if a channel could not be reached; it gets its alerts the next time.
    """
    from dataclasses import asdict

    from linernotes.cli.console import complain, print_json, print_line, print_table
    from linernotes.cli.news import report_news

    news = report_news(settings_of(context, looks_up=True))
    if json:
        print_json(asdict(news))
    else:
        print_table(
            "Needs attention",
            ("what", "details", "see docs/operators/"),
            [(one.title, one.details, one.page) for one in news.concerns],
            nothing="Nothing needs attention.",
        )
        print_line(
            f"Sent to: {', '.join(news.result.places)}."
            if news.result.places
            else "Nothing new to send."
        )
    for place, reason in news.result.failures.items():
        complain(
            f"{place} could not be reached: {reason}. The next `linernotes alert` tries again."
        )
    if news.result.failures:
        raise typer.Exit(NOT_ALLOWED)
