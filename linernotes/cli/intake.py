"""Loads deliveries, and shows what was rejected and why. The rules are in `ingestion`."""

from typing import TYPE_CHECKING, Annotated

import typer

from linernotes.cli.root import NOT_ALLOWED, Landing, app, report_to_dagster, settings_of

if TYPE_CHECKING:
    from linernotes.base.settings import Settings
    from linernotes.ingestion import DeliveryOutcome, LoadReport

quarantine = typer.Typer(help="List, show, retry and close rejected rows and files.")
app.add_typer(quarantine, name="quarantine", no_args_is_help=True)


@app.command()
def load(
    context: typer.Context,
    feeds: Annotated[
        list[str] | None,
        typer.Argument(metavar="SOURCE/FEED", help="Only these feeds; else all."),
    ] = None,
    landing: Landing = None,
    tolerate_refused: Annotated[
        bool, typer.Option("--tolerate-refused", help="End with 0 even if files were refused.")
    ] = False,
    again: Annotated[
        str | None,
        typer.Option(
            metavar="YYYY-MM-DD[:YYYY-MM-DD]",
            help="Read the deliveries of these days again, under the present contracts.",
        ),
    ] = None,
) -> None:
    """Load new deliveries from the landing zone.

    Ends with 1 if a file was refused or could not be read; the others are loaded.
    """
    from linernotes import pipeline
    from linernotes.cli.console import print_line, progress_bars

    _require_feeds(feeds or [])
    if again:
        _load_again(settings_of(context, landing), feeds or [], again)
        return
    settings = settings_of(context, landing)
    with progress_bars() as progress:
        report = pipeline.load(settings, feeds or None, progress)
    _print_load(report)
    report_to_dagster(settings, "report_load", report)
    refused = len(report.turned_away)
    if refused:
        print_line(
            f"Refused deliveries: {refused}. Each is tried again at the next load. To close one "
            "permanently: linernotes quarantine close NAME --because TEXT"
        )
        if not tolerate_refused:
            raise typer.Exit(NOT_ALLOWED)


def _load_again(settings: "Settings", feeds: list[str], days: str) -> None:
    from datetime import date, timedelta

    from linernotes.ingestion import FEEDS, read_again
    from linernotes.ledger.delivery_lists import deliveries_issued

    first, _, last = days.partition(":")
    try:
        start, end = date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError:
        raise typer.BadParameter(
            f"{days!r} is not a day or a range of days; write 2026-07-01 or 2026-07-01:2026-07-03.",
            param_hint="--again",
        ) from None
    span = [start + timedelta(days=number) for number in range((end - start).days + 1)]
    report = read_again(settings, feeds or FEEDS, span, deliveries_issued(settings))
    _print_load(report, "Nothing was loaded on these days.")


def _require_feeds(feeds: list[str]) -> None:
    from linernotes.ingestion import FEEDS

    unknown = sorted(set(feeds) - set(FEEDS))
    if unknown:
        raise typer.BadParameter(
            f"no such feed: {', '.join(unknown)}. There are: {', '.join(FEEDS)}",
            param_hint="SOURCE/FEED",
        )


def _print_load(report: "LoadReport", nothing: str = "Nothing new.") -> None:
    from itertools import groupby

    from linernotes.cli.console import print_line, print_table

    counts = ("deliveries", "read", "loaded", "quarantined", "duplicate")
    feeds = []
    by_feed = sorted(report.deliveries, key=lambda one: (one.source, one.feed))
    for (source, feed), group in groupby(by_feed, lambda one: (one.source, one.feed)):
        deliveries = list(group)
        sums = [sum(getattr(one, f"rows_{kind}") or 0 for one in deliveries) for kind in counts[1:]]
        feeds.append((f"{source}/{feed}", len(deliveries), *sums))
    print_table("Loaded", ("feed", *counts), feeds, counts, nothing)
    remarks: list[tuple[str, str, str]] = [
        (one.name, one.state, _remarks(one))
        for one in report.deliveries
        if one.state != "loaded" or _remarks(one)
    ]
    remarks += [(name, "not read", text) for name, text in sorted(report.unread_files.items())]
    remarks += [(name, "no delivery", text) for name, text in sorted(report.ignored_files.items())]
    print_table("Remarks", ("delivery", "state", "remark"), remarks)
    quarantined = sum(one.rows_quarantined for one in report.deliveries)
    if quarantined:
        print_line(f"{quarantined:,} rows are in quarantine; why: linernotes quarantine list")


def _remarks(delivery: "DeliveryOutcome") -> str:
    remarks = [delivery.reason] if delivery.reason else []
    if delivery.ignored_columns:
        remarks.append(f"columns left out: {', '.join(delivery.ignored_columns)}")
    remarks += [f"{what} ({count:,})" for what, count in sorted(delivery.warnings.items())]
    return "; ".join(remarks)


@quarantine.command("list")
def list_quarantine(context: typer.Context) -> None:
    """List the deliveries with rows in quarantine."""
    from linernotes.cli.console import print_frame
    from linernotes.ingestion import quarantine_list

    print_frame(
        "In quarantine",
        quarantine_list(settings_of(context, looks_up=True)),
        "Nothing is in quarantine.",
    )


@quarantine.command("show")
def show_quarantine(
    context: typer.Context,
    delivery_id: Annotated[str, typer.Argument(help="As `linernotes quarantine list` shows it.")],
) -> None:
    """Show the rejected rows of one delivery, and why."""
    from linernotes.cli.console import complain, print_frame
    from linernotes.ingestion import quarantine_show

    rows = quarantine_show(settings_of(context, looks_up=True), delivery_id)
    if rows.is_empty():
        complain(f"No row of {delivery_id} is in quarantine; see: linernotes quarantine list")
        raise typer.Exit(NOT_ALLOWED)
    shown = rows.select("row_number", "broken_rules", "details", "original_text", "retried_as")
    print_frame(f"Rejected rows of {delivery_id}", shown)


@quarantine.command("retry")
def retry_quarantine(
    context: typer.Context,
    delivery_id: Annotated[
        str | None, typer.Argument(help="Only the rows of this delivery; all by default.")
    ] = None,
) -> None:
    """Check rejected rows again, after a fix."""
    from linernotes.ingestion import quarantine_retry

    report = quarantine_retry(settings_of(context), delivery_id)
    _print_load(
        report, "No row was accepted. For the reasons: linernotes quarantine show DELIVERY_ID"
    )


@quarantine.command("close")
def close_quarantine(
    context: typer.Context,
    delivery: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="A delivery with rows in quarantine, or a refused file by id or name.",
        ),
    ],
    because: Annotated[str, typer.Option(help="Why it will never be loaded.")],
) -> None:
    """Close rows that will never be corrected, or a refused file; both stay on record."""
    from linernotes.cli.console import print_line
    from linernotes.ingestion import quarantine_close

    outcome = quarantine_close(settings_of(context), delivery, because)
    print_line(f"{delivery} is {outcome.reason}.")


@app.command()
def repair(context: typer.Context) -> None:
    """Repair damage that a power cut left in the lake, and report each step.

    Nothing is deleted: unreadable files are moved aside, and the next load loads lost deliveries
    again.
    """
    from linernotes.cli.console import print_line
    from linernotes.ingestion import repair as mend

    done = mend(settings_of(context))
    for sentence in done:
        print_line(sentence)
    print_line(f"Repairs: {len(done)}." if done else "Nothing to repair: every file is complete.")
