"""The command line: what each command is called, takes and prints, and how it ends.

The work is in the library and the modules next to this one, imported when a command needs them.
"""

import os
import re
import sys
from contextvars import ContextVar
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from decimal import Decimal

    from linernotes.ingestion import DeliveryOutcome, LoadReport
    from linernotes.reporting import Package
    from linernotes.settings import Settings
    from linernotes.statements import StatementRecord

DONE, SAYS_NO, WRONG_USE = 0, 1, 2
_given_home: ContextVar[Path | None] = ContextVar("given_home", default=None)

app = typer.Typer(
    name="linernotes",
    help="The warehouse of a music service's responsible-AI programme.",
    epilog="Exit status: 0 done, 1 the data or a check says no, 2 wrong use.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    # Coloured help would triple the time that help takes.
    rich_markup_mode=None,
)
quarantine = typer.Typer(help="What was turned away at the door, why, and again after a fix.")
statement = typer.Typer(help="Statements and their states.")
app.add_typer(quarantine, name="quarantine", no_args_is_help=True)
app.add_typer(statement, name="statement", no_args_is_help=True)
ledger = typer.Typer(help="What was issued, for good.")
app.add_typer(ledger, name="ledger", no_args_is_help=True)
keys = typer.Typer(help="The key that signs the ledger.")
app.add_typer(keys, name="keys", no_args_is_help=True)
cluster = typer.Typer(help="A Spark cluster on this machine, for LINERNOTES_ENGINE=spark.")
app.add_typer(cluster, name="cluster", no_args_is_help=True)
trace = typer.Typer(help="From cent to events, and back.")
app.add_typer(trace, name="trace", no_args_is_help=True)

Scale = Annotated[float, typer.Option(min=0.001, help="1 is the real thing 1:10,000.")]
Seed = Annotated[int, typer.Option(help="The same seed gives the same bytes.")]
Partner = Annotated[str | None, typer.Option(help="Only this partner, by its id.")]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON, for programs.")]
Port = Annotated[int, typer.Option(min=1, max=65_535, help="Port of the web pages.")]
Landing = Annotated[Path | None, typer.Option(help="A landing zone outside the home.")]


def _month(value: str | None) -> str | None:
    if value is not None and not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", value):
        raise typer.BadParameter(f"{value!r} is not a month; write it as 2026-07.")
    return value


Month = Annotated[
    str | None,
    typer.Option(callback=_month, metavar="YYYY-MM", help="Only this month; else every month."),
]


OneMonth = Annotated[
    str, typer.Option("--month", callback=_month, metavar="YYYY-MM", help="The report month.")
]


@app.callback()
def common(
    context: typer.Context,
    home: Annotated[
        Path | None, typer.Option(help="The home to work in; else LINERNOTES_HOME.")
    ] = None,
) -> None:
    """The warehouse of a music service's responsible-AI programme."""
    context.obj = home
    _given_home.set(home)


def _settings(
    context: typer.Context,
    landing: Path | None = None,
    *,
    looks_up: bool = False,
    writes: bool = True,
) -> "Settings":
    """The settings of the command's home, which is named on the way.

    Args:
        context: Of the command.
        landing: A landing zone outside the home.
        looks_up: Whether the command only reads what is there: it makes no home.
        writes: Whether the command writes to the home, and so sees to who may read it.

    Raises:
        LinernotesError: if the command only reads, and nothing is there.
    """
    from linernotes.errors import LinernotesError
    from linernotes.settings import Settings, origin_of_home
    from orchestration.console import tell_home

    given = {"home": context.obj, "landing": landing}
    settings = Settings.model_validate({name: path for name, path in given.items() if path})
    origin = "--home" if context.obj else origin_of_home()
    if looks_up and not settings.is_begun:
        raise LinernotesError(
            f"Nothing is in {settings.home} yet, which is the home by {origin}. Run `linernotes "
            "load` first, or name the home that you mean with --home."
        )
    tell_home(settings.home, origin)
    if writes and not looks_up:
        _hold(settings)
    return settings


def _hold(settings: "Settings") -> None:
    """Gives an older home its modes, and says so."""
    from linernotes.base import modes
    from orchestration.console import warn

    roots = (settings.published_root, settings.outbox_root)
    left_alone = (settings.landing_root, settings.keys_root, settings.login_file)
    found = modes.hold_home(settings.home, roots, left_alone, settings.readers)
    if found.changed:
        warn(
            f"Files and folders whose mode was changed: {found.changed:,}. The home is now its "
            f"owner's alone; {' and '.join(root.name for root in roots)} can be read as "
            f"LINERNOTES_READERS={settings.readers} says. Other users who deliver into a landing "
            "zone in the home need LINERNOTES_READERS=group or all."
        )
    if found.foreign:
        warn(
            f"Files and folders that belong to another user and stay as they are: "
            f"{len(found.foreign):,}, such as {found.foreign[0]}."
        )


@app.command()
def demo(
    context: typer.Context,
    scale: Scale = 0.1,
    seed: Seed = 1,
) -> None:
    """Run a sample world of six months through everything.

    It gets a home of its own, the one that is set if any is, and is made afresh each time.
    """
    from linernotes.settings import DEFAULT, Settings, origin_of_home
    from orchestration.console import tell_home
    from orchestration.demo import run_demo

    origin = "--home" if context.obj else origin_of_home()
    settings = Settings.model_validate({"home": context.obj} if context.obj else {})
    home = settings.home / "demo" if origin == DEFAULT else settings.home
    tell_home(home, origin)
    run_demo(home, scale, seed)


@app.command()
def sample(
    out: Annotated[Path, typer.Option(help="The folder to write the feeds into.")],
    scale: Scale = 1.0,
    feed_scale: Annotated[
        list[str] | None,
        typer.Option(metavar="FEED=N", help="A scale of its own for one feed; may be repeated."),
    ] = None,
    seed: Seed = 1,
    months: Annotated[int, typer.Option(min=1, help="How many months.")] = 6,
) -> None:
    """Write the feeds of a synthetic world, and nothing else."""
    from linernotes.sampledata import write_sample
    from orchestration.console import say

    write_sample(out, scale, _feed_scales(feed_scale or []), seed, months)
    say(f"The feeds are in {out}. Load them: linernotes load --landing {out}")


def _feed_scales(texts: list[str]) -> dict[str, float]:
    scales = {}
    for text in texts:
        feed, _, number = text.partition("=")
        try:
            scales[feed] = float(number)
        except ValueError:
            raise typer.BadParameter(
                f"{text!r} should be a feed and a number, such as removals=10.",
                param_hint="--feed-scale",
            ) from None
    return scales


@app.command()
def load(
    context: typer.Context,
    feeds: Annotated[
        list[str] | None,
        typer.Argument(metavar="SOURCE/FEED", help="Only these feeds; else all."),
    ] = None,
    landing: Landing = None,
    tolerate_refused: Annotated[
        bool, typer.Option("--tolerate-refused", help="End with 0 although files were refused.")
    ] = False,
) -> None:
    """Take what is new in the landing zone through the door.

    Ends with 1 if a file was refused or could not be read; the others are loaded nevertheless.
    """
    from orchestration import pipeline
    from orchestration.console import progress_bars, say

    _require_feeds(feeds or [])
    settings = _settings(context, landing)
    with progress_bars() as progress:
        report = pipeline.load(settings, feeds or None, progress)
    _print_load(report)
    refused = len(report.turned_away)
    if refused:
        say(
            f"Refused deliveries: {refused}. Each is tried again at the next load. To close one for"
            " good: linernotes quarantine close NAME --because TEXT"
        )
        if not tolerate_refused:
            raise typer.Exit(SAYS_NO)


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

    from orchestration.console import print_table, say

    counts = ("deliveries", "read", "loaded", "quarantined", "duplicate")
    feeds = []
    by_feed = sorted(report.deliveries, key=lambda one: (one.source, one.feed))
    for (source, feed), group in groupby(by_feed, lambda one: (one.source, one.feed)):
        deliveries = list(group)
        sums = [sum(getattr(one, f"rows_{kind}") or 0 for one in deliveries) for kind in counts[1:]]
        feeds.append((f"{source}/{feed}", len(deliveries), *sums))
    print_table("Through the door", ("feed", *counts), feeds, counts, nothing)
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
        say(f"{quarantined:,} rows are in quarantine; why: linernotes quarantine list")


def _remarks(delivery: "DeliveryOutcome") -> str:
    remarks = [delivery.reason] if delivery.reason else []
    if delivery.ignored_columns:
        remarks.append(f"columns left out: {', '.join(delivery.ignored_columns)}")
    remarks += [f"{what} ({count:,})" for what, count in sorted(delivery.warnings.items())]
    return "; ".join(remarks)


@quarantine.command("list")
def list_quarantine(context: typer.Context) -> None:
    """List the deliveries with rows in quarantine."""
    from linernotes.ingestion import quarantine_list
    from orchestration.console import print_frame

    print_frame(
        "In quarantine",
        quarantine_list(_settings(context, looks_up=True)),
        "Nothing is in quarantine.",
    )


@quarantine.command("show")
def show_quarantine(
    context: typer.Context,
    delivery_id: Annotated[str, typer.Argument(help="As `linernotes quarantine list` shows it.")],
) -> None:
    """Show the rows of one delivery that were turned away, and why."""
    from linernotes.ingestion import quarantine_show
    from orchestration.console import complain, print_frame

    rows = quarantine_show(_settings(context, looks_up=True), delivery_id)
    if rows.is_empty():
        complain(f"No row of {delivery_id} is in quarantine; see: linernotes quarantine list")
        raise typer.Exit(SAYS_NO)
    shown = rows.select("row_number", "broken_rules", "details", "original_text", "retried_as")
    print_frame(f"Turned away of {delivery_id}", shown)


@quarantine.command("retry")
def retry_quarantine(
    context: typer.Context,
    delivery_id: Annotated[
        str | None, typer.Argument(help="Only the rows of this delivery; else all.")
    ] = None,
) -> None:
    """Put rows through the door again, after a fix."""
    from linernotes.ingestion import quarantine_retry

    report = quarantine_retry(_settings(context), delivery_id)
    _print_load(report, "No row that waits came in; why: linernotes quarantine show DELIVERY_ID")


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
    because: Annotated[str, typer.Option(help="Why it will never come in.")],
) -> None:
    """Close rows that will never come in, or a refused file; both stay on record."""
    from linernotes.ingestion import quarantine_close
    from orchestration.console import say

    outcome = quarantine_close(_settings(context), delivery, because)
    say(f"{delivery} is {outcome.reason}.")


@app.command()
def build(
    context: typer.Context,
    select: Annotated[
        str | None, typer.Option(help="dbt selection, not published; else all.")
    ] = None,
) -> None:
    """Build the warehouse, check it, and publish it if it holds.

    One blocking check that does not hold, and what was published before stays.
    """
    from orchestration.console import progress_bars, say
    from orchestration.pipeline import build_and_publish

    settings = _settings(context)
    with progress_bars() as progress:
        outcome = build_and_publish(settings, select=select, on_progress=progress)
    for warning in outcome.build.warnings:
        say(f"Warning: {warning}")
    for check in outcome.checks:
        if check.outcome != "passed":
            say(f"Warning: {check.check_name} ({check.unexpected_count:,}): {check.reason}")
    held = sum(check.outcome == "passed" for check in outcome.checks)
    published = outcome.published_file or "nothing, since only a selection was built"
    say(
        f"Built {outcome.build.node_count} nodes; {held} of {len(outcome.checks)} checks hold."
        f" Published: {published}"
    )


@statement.command("draft")
def draft_statements(
    context: typer.Context,
    month: Month = None,
    partner: Partner = None,
    by: Annotated[str | None, typer.Option(help="Who drafts; else the user of the system.")] = None,
    close: Annotated[
        bool, typer.Option("--close", help="Value the month now instead of reading the last build.")
    ] = False,
) -> None:
    """Draft statements from the published warehouse, or from a closing of the month.

    A closing values only what is not issued yet, with what is known now; it needs no build.
    """
    from linernotes.statements import draft, month_start
    from orchestration.console import progress_bars
    from orchestration.pipeline import close_month

    settings, source = _settings(context), None
    if close:
        if month is None:
            raise typer.BadParameter("name the month to close.", param_hint="--month")
        with progress_bars() as progress:
            source = close_month(settings, month_start(month), on_progress=progress)
    _print_statements("Drafts", draft(settings, month, partner, by, source))


@statement.command("approve")
def approve_statements(
    context: typer.Context,
    month: OneMonth,
    by: Annotated[str, typer.Option(help="Who approves; not the one who drafted.")],
    partner: Partner = None,
) -> None:
    """Approve the newest drafts of a month.

    A newer draft of a statement has to be approved again.
    """
    from linernotes.statements import approve

    _print_statements("Approved", approve(_settings(context), month, partner, by))


@statement.command("issue")
def issue_statements(
    context: typer.Context,
    month: OneMonth,
    partner: Partner = None,
) -> None:
    """Issue the approved statements of a month: write them to the ledger, for good.

    Ends with 1 if a statement had to be left out; the others are issued.
    """
    from linernotes.statements import issue
    from orchestration.console import print_table

    issuance = issue(_settings(context), month, partner)
    _print_statements(f"Issued as {issuance.path.name}", issuance.statements)
    if issuance.refused:
        rows = [(name, reason) for name, reasons in issuance.refused.items() for reason in reasons]
        print_table("Not issued", ("statement", "because"), rows)
        raise typer.Exit(SAYS_NO)


def _print_statements(title: str, statements: "Iterable[StatementRecord]") -> None:
    from orchestration.console import print_table

    headings = ("partner", "month", "statement", "version", "state", "lines", "payable", "held")
    print_table(
        title,
        (*headings, "currency"),
        [
            (
                one.partner_id,
                one.report_month,
                one.statement_id,
                one.version,
                one.state,
                one.line_count,
                one.totals["payable_amount"],
                one.totals["held_amount"],
                one.currency_code,
            )
            for one in statements
        ],
        numbers=("version", "lines", "payable", "held"),
    )


@trace.command("line")
def trace_a_line(
    context: typer.Context,
    line_id: Annotated[
        str, typer.Argument(help="As packages and marts.fct_compensation_lines say.")
    ],
    json: AsJson = False,
) -> None:
    """From a line to the events, terms, rates and decisions behind it."""
    from linernotes.statements import trace_line
    from orchestration.tracing import print_line_trace

    print_line_trace(trace_line(_settings(context, looks_up=True), line_id), json)


@trace.command("event")
def trace_an_event(
    context: typer.Context,
    event_id: Annotated[str, typer.Argument(help="A generation, a derivative, or a use.")],
    json: AsJson = False,
) -> None:
    """From an event to its lines, or the reason that it has none."""
    from linernotes.statements import trace_event
    from orchestration.tracing import print_event_trace

    print_event_trace(trace_event(_settings(context, looks_up=True), event_id), json)


@app.command("as-known")
def show_as_known(
    context: typer.Context,
    day: Annotated[str, typer.Argument(metavar="DATE", help="A day, to its end, or an instant.")],
    report: Annotated[str, typer.Argument(metavar="rpt_…", help="Name of the report.")],
    month: Month = None,
    partner: Partner = None,
    json: AsJson = False,
) -> None:
    """Show a report as it stood on a past day, and what has changed since, row by row."""
    from linernotes.warehouse import as_known
    from orchestration.tracing import print_history

    history = as_known(_settings(context, looks_up=True), _instant(day), report, partner, month)
    print_history(history, json)


def _instant(text: str) -> "datetime":
    from datetime import UTC, datetime, time

    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is no day or instant; write it as 2026-04-16 or 2026-04-16T06:00:00.",
            param_hint="DATE",
        ) from None
    if found.tzinfo:
        return found.astimezone(UTC).replace(tzinfo=None)
    return datetime.combine(found.date(), time.max) if len(text) == len("2026-04-16") else found


@app.command("simulate")
def simulate_terms(
    context: typer.Context,
    month: Annotated[str, typer.Option(callback=_month, metavar="YYYY-MM", help="Which month.")],
    contract: Annotated[
        Path | None,
        typer.Option(
            help="Planned contracts, JSONL as in their feed.", exists=True, dir_okay=False
        ),
    ] = None,
    attribution: Annotated[
        str | None, typer.Option(help="Attribution version that is to count, where there is one.")
    ] = None,
    revenue_share: Annotated[
        list[str] | None,
        typer.Option(metavar="CONTRACT=SHARE", help="A share from 0 to 1; may be repeated."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Value a month under changed terms, and show who gains and who loses. Nothing is changed."""
    from linernotes.statements import month_start
    from linernotes.warehouse import simulate
    from orchestration.tracing import print_simulation

    if not (contract or attribution or revenue_share):
        raise typer.BadParameter(
            "say what is to change: --contract, --attribution, --revenue-share"
        )
    shares = _revenue_shares(revenue_share or [])
    settings = _settings(context, looks_up=True)
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


@app.command()
def report(
    context: typer.Context,
    month: Month = None,
    partner: Partner = None,
    deliver: Annotated[
        bool, typer.Option("--deliver", help="Bring them to the agreed targets, too.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="With --deliver: also what has arrived before.")
    ] = False,
    rewrite: Annotated[
        bool,
        typer.Option(
            "--rewrite",
            help="With --partner: a new version of what is issued, as is agreed now.",
        ),
    ] = False,
) -> None:
    """Write the packages that partners get, and deliver them.

    What is not issued says DRAFT and is not delivered. A package of what is issued is kept,
    whatever is agreed later. A partner whose delivery fails holds up no
    other; then the command ends with 1.
    """
    if again and not deliver:
        raise typer.BadParameter("goes with --deliver.", param_hint="--again")
    if rewrite and not partner:
        raise typer.BadParameter("goes with --partner.", param_hint="--rewrite")
    settings = _settings(context)
    if deliver:
        _report_and_deliver(settings, month, partner, again, rewrite)
        return
    from linernotes.reporting import write_packages
    from orchestration.console import progress_bars

    with progress_bars() as progress:
        packages = write_packages(
            settings, month, partner, lambda *unit: progress("Packages", *unit), rewrite=rewrite
        )
    _print_packages(packages)


def _print_packages(packages: "Iterable[Package]") -> None:
    from orchestration.console import print_table

    print_table(
        "Packages",
        ("partner", "month", "version", "state", "content", "folder"),
        [
            (
                package.partner_id,
                package.report_month,
                package.version,
                package.state,
                "new" if package.is_new else "as before",
                package.path,
            )
            for package in packages
        ],
    )


def _report_and_deliver(
    settings: "Settings", month: str | None, partner: str | None, again: bool, rewrite: bool
) -> None:
    from orchestration.console import print_table, progress_bars
    from orchestration.delivering import report_and_deliver

    with progress_bars() as progress:
        handover = report_and_deliver(
            settings, month, partner, again=again, on_progress=progress, rewrite=rewrite
        )
    _print_packages(handover.packages)
    print_table(
        "Shipments",
        ("partner", "month", "version", "files", "bytes", "target", "outcome"),
        [
            (
                one.partner_id,
                one.report_month,
                one.version,
                len(one.files),
                one.sent_bytes,
                one.target,
                one.outcome,
            )
            for one in handover.shipments
        ],
        numbers=("version", "files", "bytes"),
    )
    print_table("Not delivered", ("partner", "month", "because"), handover.troubles)
    if handover.troubles:
        raise typer.Exit(SAYS_NO)


@app.command()
def verify(
    context: typer.Context,
    package: Annotated[
        Path | None, typer.Option(help="The folder of a package.", exists=True)
    ] = None,
    of_ledger: Annotated[bool, typer.Option("--ledger", help="The ledger of the home.")] = False,
    head: Annotated[
        Path | None,
        typer.Option(
            help="With --ledger: what `ledger head` printed; it must be in it.", exists=True
        ),
    ] = None,
) -> None:
    """Check a package, or the ledger: hashes, signatures, rows, totals, shares of pools.

    A partner can check a package without the warehouse.
    """
    if package is None and not of_ledger:
        raise typer.BadParameter("say what to check: --package DIR, --ledger, or both.")
    if head and not of_ledger:
        raise typer.BadParameter("goes with --ledger.", param_hint="--head")
    holds = True
    if package is not None:
        holds = _check_package(package)
    if of_ledger:
        holds = _check_ledger(_settings(context, looks_up=True), head) and holds
    if not holds:
        raise typer.Exit(SAYS_NO)


def _check_package(package: Path) -> bool:
    from linernotes.reporting import verify_package
    from orchestration.console import print_table, say

    problems = verify_package(package)
    if not problems:
        say(f"{package} holds: hashes, rows, totals, pool shares and DSR files.")
        return True
    rows = [(problem.file, problem.rule, problem.details) for problem in problems]
    print_table(f"{package} does not hold", ("file", "rule", "found"), rows)
    return False


def _check_ledger(settings: "Settings", head: Path | None) -> bool:
    from linernotes.statements import KnownHead, head_file, issuances, verify_ledger
    from orchestration.console import print_table, say

    kept = KnownHead(str(head), head_file(head)) if head else None
    problems = verify_ledger(settings, kept)
    if not problems:
        found = issuances(settings)
        signed = sum(bool(one.public_key) for one in found)
        say(
            f"The ledger holds: {len(found)} issuances, {signed} of them signed, each with its "
            "chain, hashes, evidence, lines and headers."
        )
        return True
    rows = [
        ("" if one.sequence is None else one.sequence, one.file, one.details) for one in problems
    ]
    print_table("The ledger does not hold", ("issuance", "file", "found"), rows)
    return False


@ledger.command("head")
def head_of_the_ledger(context: typer.Context) -> None:
    """Print number, hash and signature of the last entry, for an auditor to keep.

    `verify --ledger --head FILE` takes it, and finds whether the ledger still has that entry.
    """
    from linernotes.errors import LinernotesError
    from linernotes.statements import ledger_head

    settings = _settings(context)
    head = ledger_head(settings)
    if head is None:
        raise LinernotesError(f"Nothing is issued yet in {settings.ledger_root}.")
    typer.echo(head.text, nl=False)


@keys.command("show")
def show_key(
    context: typer.Context,
    json: AsJson = False,
    openpgp: Annotated[
        bool, typer.Option("--openpgp", help="As the OpenPGP certificate that partners import.")
    ] = False,
) -> None:
    """Show the public key that partners and auditors check signatures with."""
    from linernotes.errors import LinernotesError
    from linernotes.statements import certificate, signing_key

    settings = _settings(context)
    key = signing_key(settings)
    if key is None:
        raise LinernotesError(
            f"There is no key in {settings.keys_root} yet: the first issue makes one."
        )
    if openpgp:
        typer.echo(certificate(key), nl=False)
        return
    _print_key(key.key_id, key.public_key, json)


@keys.command("rotate")
def rotate_key(
    context: typer.Context,
    because: Annotated[str, typer.Option(help="Why; the next entry of the ledger says it.")],
    lost: Annotated[
        bool, typer.Option("--lost", help="The old key is gone, and cannot vouch for the new one.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Replace the key that signs the ledger. What the old one has signed stays valid."""
    from linernotes.statements import last_public_key, rotate_signing_key, signing_key

    settings = _settings(context)
    rotate_signing_key(settings, because, last_public_key(settings) if lost else None)
    key = signing_key(settings)
    assert key
    _print_key(key.key_id, key.public_key, json)


def _print_key(key_id: str, public_key: str, as_json: bool) -> None:
    from json import dumps

    from orchestration.console import print_table

    if as_json:
        typer.echo(dumps({"key_id": key_id, "public_key": public_key}, indent=2))
    else:
        print_table("Signs the ledger", ("key", "public key"), [(key_id, public_key)])


@cluster.command("start")
def start_cluster(
    context: typer.Context,
    workers: Annotated[int, typer.Option(min=1, help="Processes that compute.")] = 2,
    cores: Annotated[int, typer.Option(min=1, help="Cores of each worker.")] = 1,
    memory: Annotated[
        int, typer.Option(min=1024, help="MiB of each worker, and of the Thrift server.")
    ] = 2048,
) -> None:
    """Start a master, workers and a Thrift server, which listen on this machine alone."""
    from linernotes import warehouse
    from orchestration.console import print_table, say

    settings = _settings(context)
    size = warehouse.Size(workers, cores, memory)
    processes = warehouse.start_cluster(settings, size)
    print_table("Started", ("process", "number"), list(processes.items()))
    say(
        f"The Thrift server is {settings.spark_host}:{settings.spark_port}. Builds use it with "
        "LINERNOTES_ENGINE=spark; `linernotes cluster stop` ends it."
    )


@cluster.command("stop")
def stop_cluster(context: typer.Context) -> None:
    """End what `cluster start` has started. The warehouse file keeps all that was built."""
    from linernotes import warehouse
    from orchestration.console import say

    stopped = warehouse.stop_cluster(_settings(context))
    say(f"Stopped: {', '.join(stopped)}." if stopped else "No cluster of this home is running.")


@app.command()
def metrics(
    context: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="Metrics; without one, a list.")
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME[,NAME]", help="What to split by; may be repeated."),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE[,VALUE]", help="What to keep; may be repeated."),
    ] = None,
    months: Annotated[
        str | None, typer.Option(metavar="YYYY-MM[:YYYY-MM]", help="One month, or first and last.")
    ] = None,
    form: Annotated[str, typer.Option("--format", help="table, csv or json.")] = "table",
) -> None:
    """Metrics by what they can be split by, each as it is defined in one place."""
    from orchestration.measuring import Form, print_metrics

    if form not in list(Form):
        raise typer.BadParameter(f"{form!r} is none of table, csv, json.", param_hint="--format")
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
    print_metrics(_settings(context, writes=False), names or [], split, filters, span, Form(form))


@app.command()
def status(context: typer.Context, json: AsJson = False) -> None:
    """Health at a glance: what came in, what waits, what fails, what to do next.

    Ends with 1 if a blocking check does not hold.
    """
    from orchestration.glance import print_health, print_health_as_json
    from orchestration.health import look

    health = look(_settings(context, writes=False))
    (print_health_as_json if json else print_health)(health)
    if health.is_blocked:
        raise typer.Exit(SAYS_NO)


@app.command()
def repair(context: typer.Context) -> None:
    """Mend what a power cut left in the lake, and say what was done.

    Nothing is deleted and nothing is guessed: what cannot be read is moved aside, and deliveries
    that were lost are taken again by the next load.
    """
    from linernotes.ingestion import repair as mend
    from orchestration.console import say

    done = mend(_settings(context))
    for sentence in done:
        say(sentence)
    say(f"Things mended: {len(done)}." if done else "Nothing to mend: every file is whole.")


@app.command()
def dashboard(
    context: typer.Context,
    host: Annotated[
        str, typer.Option(help="Address to listen on; others than this machine's need a login.")
    ] = "127.0.0.1",
    port: Port = 8501,
) -> None:
    """Start the executives' pages over the published warehouse."""
    from linernotes.dashboard import OpenToOthers, serve

    try:
        serve(_settings(context, writes=False), host, port)
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
    from linernotes.ports import is_loopback
    from orchestration.webserver import serve

    if not behind_login and not is_loopback(host):
        raise typer.BadParameter(
            f"Dagster's pages have no login, so they listen to this machine alone, not to {host}. "
            "Put a proxy with a login in front and say so with --behind-login, or leave --host "
            "away.",
            param_hint="--host",
        )

    raise typer.Exit(serve(_settings(context), host, port))


def run(arguments: list[str] | None = None) -> int:
    """Runs one command and returns its exit status; exceptions become words here and only here."""
    _say_anything()
    try:
        app(args=arguments)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else SAYS_NO
    except Exception as error:
        return _explain(error)
    return DONE


def _say_anything() -> None:
    """Lets every text be printed: letters that the output does not know are spelt out."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _explain(error: Exception) -> int:
    from pydantic import ValidationError

    from linernotes.base import disk
    from linernotes.errors import LinernotesError
    from orchestration.console import complain, complain_of_defect

    if isinstance(error, LinernotesError):
        complain(str(error))
        return SAYS_NO
    if isinstance(error, ValidationError):
        told = (
            (*map(str, e["loc"]), e["msg"].removeprefix("Value error, ")) for e in error.errors()
        )
        wrong = "; ".join(": ".join(parts) for parts in told)
        complain(
            f"The settings are wrong: {wrong}. Look at --home, LINERNOTES_… variables and .env."
        )
        return WRONG_USE
    if words := disk.words_for(error):
        complain(words)
        return SAYS_NO
    if isinstance(error, OSError) and error.filename:
        complain(f"{error.strerror}: {error.filename}. Check the path and who may use it.")
        return SAYS_NO
    complain_of_defect(error, _log_folder())
    return SAYS_NO


def _log_folder() -> Path:
    import tempfile

    from linernotes.settings import Settings

    try:
        home = _given_home.get()
        return Settings.model_validate({"home": home} if home else {}).home / "logs"
    except Exception:  # the settings may be what is broken
        return Path(tempfile.gettempdir())


def main() -> None:
    """Runs the command in `sys.argv`.

    The process ends without Python's own tidying up, in which DuckDB's bindings list dozens of
    lines about leaks that are none of the user's business.
    """
    from linernotes.base import modes

    modes.keep_private()
    status = run()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
