"""Prints the health of a home in 80 columns, or as JSON. `health.py` reads it."""

import textwrap
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime

from linernotes.cli.console import print_json, print_line, print_table
from linernotes.cli.health import STATES, FeedHealth, Health, Problem

WIDTH = 80
SHOWN_MONTHS = 6
SHOWN_PROBLEMS = 12


def print_health(health: Health) -> None:
    """Prints the health of a home, ending with what to do next."""
    _print_publication(health)
    if health.damage:
        _print_lines("The lake is damaged", [("", sentence) for sentence in health.damage[:20]])
        _print_next_steps(health)
        return
    _print_feeds(health)
    print_table(
        "Missing data",
        ("feed", "last covered", "missing"),
        [
            (
                one.feed,
                one.last_covered_text,
                f"{one.missing_text()} ({len(one.missing)})",
            )
            for one in health.coverage
            if one.missing
        ],
        width=WIDTH,
    )
    _print_lines(
        "Refused files",
        [(one.name, one.reason) for one in health.refusals],
    )
    print_table(
        "Open in quarantine",
        ("feed", "rows", "since", "mostly because"),
        [
            (one.feed, one.row_count, _day(one.oldest_at), _reasons(one.top_reasons))
            for one in health.quarantine
        ],
        ("rows",),
        "Nothing waits in quarantine.",
        WIDTH,
    )
    _print_problems(health.problems)
    _print_statements(health)
    print_line(textwrap.fill(health.deliveries, WIDTH))
    _print_next_steps(health)


def _print_next_steps(health: Health) -> None:
    print_line("\nWhat to do next")
    for number, step in enumerate(health.next_steps or ["Nothing: all is well."], 1):
        print_line(
            textwrap.fill(step, WIDTH, initial_indent=f"{number:3}. ", subsequent_indent="     ")
        )


def print_health_as_json(health: Health) -> None:
    """Prints the health of a home as JSON; times are naive UTC in ISO 8601."""
    content = asdict(health) | {"is_blocked": health.is_blocked}
    print_json(content, lambda moment: moment.isoformat())


def print_health_for_prometheus(health: Health) -> None:
    """Prints the health of a home in Prometheus' text format; times are seconds since 1970."""

    def seconds(moment: datetime) -> float:
        return moment.replace(tzinfo=UTC).timestamp()

    published = health.publication
    samples: list[tuple[str, str, str, float]] = [
        ("blocked", "Whether something prevents the publication of a build.", "",
         float(health.is_blocked)),
        ("damaged", "Whether the lake is damaged.", "", float(bool(health.damage))),
        ("ledger_differs", "Whether the ledger differs from its head in packages.", "",
         float(health.ledger_differs)),
        ("refused_files", "Files that were refused when last tried.", "",
         float(len(health.refusals))),
        ("failed_deliveries", "Packages whose last delivery failed.", "",
         float(len(health.failed_deliveries))),
    ]  # fmt: skip
    if published:
        moment = datetime.fromisoformat(published.known_at).replace(tzinfo=None)
        samples.append(("data_cut_off_seconds", "The data cut-off of the published file.", "",
                        seconds(moment)))  # fmt: skip
    for feed in health.feeds:
        label = f'{{feed="{feed.feed}"}}'
        if feed.last_loaded_at:
            samples.append(("feed_last_loaded_seconds", "When a feed last loaded.", label,
                            seconds(feed.last_loaded_at)))  # fmt: skip
        samples.append(("feed_late", "Whether a feed is overdue.", label,
                        float(feed.state == "late")))  # fmt: skip
        samples.append(("feed_rows_total", "Rows loaded.", label, float(feed.row_count)))
    for one in health.coverage:
        samples.append(("feed_missing", "Days or months without data.",
                        f'{{feed="{one.feed}"}}', float(len(one.missing))))  # fmt: skip
    for waiting in health.quarantine:
        samples.append(("quarantined_rows", "Rows in quarantine.",
                        f'{{feed="{waiting.feed}"}}', float(waiting.row_count)))  # fmt: skip
    for month in health.statements:
        for state in STATES:
            samples.append(("statements", "Statements by month and state.",
                            f'{{month="{month.month}",state="{state}"}}',
                            float(getattr(month, state))))  # fmt: skip
    described = set()
    for name, about, label, value in sorted(samples, key=lambda sample: sample[0]):
        if name not in described:
            print_line(f"# HELP linernotes_{name} {about}")
            print_line(f"# TYPE linernotes_{name} gauge")
            described.add(name)
        print_line(f"linernotes_{name}{label} {value:.0f}")


def _print_publication(health: Health) -> None:
    if health.publication is None:
        print_line("Nothing is published.")
        return
    since = datetime.fromisoformat(health.publication.published_at)
    freeze = datetime.fromisoformat(health.publication.known_at)
    print_line(f"Published {since:%Y-%m-%d %H:%M} UTC, as known at {freeze:%Y-%m-%d %H:%M}:")
    print_line(f"  {health.publication.file_name}")


def _print_feeds(health: Health) -> None:
    seen = [feed for feed in health.feeds if feed.state != "never"]
    print_table(
        "Freshness (UTC)",
        ("feed", "last loaded", "next due by", "", "rows"),
        [
            (one.feed, one.last_loaded_at, *_due(one), one.row_count)
            for one in sorted(seen, key=lambda feed: (feed.state != "late", feed.feed))
        ],
        ("rows",),
        "Nothing is loaded yet.",
        WIDTH,
    )
    never = [feed.feed for feed in health.feeds if feed.state == "never"]
    if seen and never:
        print_line(textwrap.fill(f"Never loaded: {', '.join(never)}.", WIDTH, initial_indent="  "))


def _print_problems(problems: list[Problem]) -> None:
    if not problems:
        print_line("No check is known to fail.")
        return
    _print_lines(
        "Failed checks",
        [(f"{_weight(one)} {one.name}{_rows(one)}", one.reason) for one in problems],
        SHOWN_PROBLEMS,
    )


def _weight(problem: Problem) -> str:
    return "BLOCKS" if problem.is_blocking else "warns "


def _rows(problem: Problem) -> str:
    return f" ({problem.row_count:,})" if problem.row_count else ""


def _print_statements(health: Health) -> None:
    settled = [one for one in health.statements if not one.draft and not one.approved]
    hidden = {one.month for one in settled[:-SHOWN_MONTHS]}
    print_table(
        "Statements",
        ("month", "drafts", "approved", "issued", "packages"),
        [
            (one.month, one.draft, one.approved, one.issued, "yes" if one.has_packages else "no")
            for one in health.statements
            if one.month not in hidden
        ],
        ("drafts", "approved", "issued"),
        "No statement is drafted yet.",
        WIDTH,
    )


def _print_lines(title: str, pairs: Iterable[tuple[str, str]], shown: int = 10) -> None:
    """Prints a heading per pair and its text below it, folded; long lists end in a count."""
    pairs = list(pairs)
    if not pairs:
        return
    print_line(f"\n{title}")
    for heading, text in pairs[:shown]:
        print_line(textwrap.fill(heading, WIDTH, initial_indent="  ", subsequent_indent="      "))
        body = textwrap.shorten(text, 3 * WIDTH)
        print_line(textwrap.fill(body, WIDTH, initial_indent="      ", subsequent_indent="      "))
    if len(pairs) > shown:
        print_line(f"  and {len(pairs) - shown} more: linernotes status --json")


def _due(feed: FeedHealth) -> tuple[str, str]:
    return _day(feed.due_at) or "as it comes", "LATE" if feed.state == "late" else ""


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""


def _reasons(top_reasons: list[tuple[str, int]]) -> str:
    return ", ".join(f"{rule} ({count:,})" for rule, count in top_reasons)
