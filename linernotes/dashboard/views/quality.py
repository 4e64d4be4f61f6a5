"""Data quality and freshness: what came in and when, what was turned away, what was checked.

The rows are those of the published schema `quality`; what a check means it says itself.
"""

from collections.abc import Iterator

from linernotes.dashboard.figures import Figures, Row
from linernotes.dashboard.formats import count_text, instant_text
from linernotes.dashboard.months import MonthState
from linernotes.dashboard.parts import STATES, Card, Cards, Column, Heading, Note, Part, Table
from linernotes.packages import wording

TITLE, ADDRESS = "Data quality and freshness", "quality"
QUESTION = "Whether the figures of the other pages can be relied on, and how fresh they are."
SEVERITIES = {"error": "Blocking", "warn": "Warning"}


def parts(figures: Figures) -> Iterator[Part]:
    """The page, from top to bottom."""
    yield Note("This page is about the whole published file; the filters do not narrow it.")
    yield _cards(figures)
    yield Heading("What is published")
    yield Note(f"{figures.shown.stamp}. The file is {figures.shown.file_name}.")
    yield Heading("Checks that do not hold")
    yield from _checks(figures)
    yield Heading("Turned away at the door, and waiting")
    yield from _quarantine(figures)
    yield Heading("Freshness of the feeds")
    yield _feeds(figures)
    yield from _states(figures)
    yield Heading("What the figures mean")
    yield _definitions(figures)


def _as_of(figures: Figures) -> str:
    return f"as known {instant_text(figures.shown.known_at)}"


def _cards(figures: Figures) -> Cards:
    [(held, checked)] = figures.shown.rows(
        "select count(*) filter (where outcome = 'passed'), count(*) "
        "from published.quality.check_results where is_latest"
    )
    [(waiting,)] = figures.shown.rows(
        "select coalesce(sum(open_row_count), 0) from published.quality.quarantine_summary"
    )
    [(refused, newest)] = figures.shown.rows(
        "select count(*) filter (where state = 'refused'), max(registered_at) "
        "from published.quality.deliveries"
    )
    as_of = _as_of(figures)
    return Cards(
        [
            Card("Checks that hold", f"{held:,} of {checked:,}", as_of=as_of),
            Card("Rows waiting in quarantine", count_text(waiting), as_of=as_of),
            Card("Files refused", count_text(refused), as_of=as_of),
            Card("Newest delivery", instant_text(newest) if newest else "None", as_of=as_of),
        ]
    )


def _checks(figures: Figures) -> Iterator[Part]:
    rows = figures.shown.rows(
        "select severity, table_name, reason, unexpected_count, outcome, checked_at "
        "from published.quality.check_results where is_latest and outcome <> 'passed' "
        "order by severity, unexpected_count desc, check_name"
    )
    if not rows:
        yield Note("Every check holds.", "good")
        return
    if any(severity == "error" for severity, *_ in rows):
        yield Note(
            "A blocking check does not hold: nothing newer is published until it does.", "warning"
        )
    yield Table(
        "checks-that-do-not-hold",
        [
            Column("Severity"),
            Column("Why it is checked"),
            Column("Rows", "count"),
            Column("Table"),
            Column("Outcome"),
            Column("Checked", "instant"),
        ],
        [
            [SEVERITIES.get(severity, severity), reason, rows, table, wording.plain(outcome), at]
            for severity, table, reason, rows, outcome, at in rows
        ],
    )


def _quarantine(figures: Figures) -> Iterator[Part]:
    rows = figures.shown.rows(
        "select source, feed, broken_rule, open_row_count, delivery_count, last_quarantined_at "
        "from published.quality.quarantine_summary where open_row_count > 0 "
        "order by open_row_count desc, source, feed, broken_rule"
    )
    if not rows:
        yield Note("Nothing waits in quarantine.", "good")
        return
    yield Note(
        "Rows that break a rule of their feed's contract are kept apart, with every rule they "
        "break. No figure counts them; after a fix they enter by linernotes quarantine retry."
    )
    yield Table(
        "quarantine",
        [
            Column("Feed"),
            Column("Broken rule"),
            Column("Rows", "count"),
            Column("Files", "count"),
            Column("Last seen", "instant"),
        ],
        [[_feed(source, feed), *rest] for source, feed, *rest in rows],
    )


def _feeds(figures: Figures) -> Table:
    rows: list[Row] = figures.shown.rows(
        "select source, feed, max(registered_at) filter (where state = 'loaded') as loaded, "
        "count(*) filter (where state = 'loaded'), count(*) filter (where state = 'refused'), "
        "coalesce(sum(rows_loaded), 0), coalesce(sum(rows_quarantined), 0) "
        "from published.quality.deliveries group by all order by loaded nulls first, source, feed"
    )
    return Table(
        "freshness",
        [
            Column("Feed"),
            Column("Last loaded", "instant"),
            Column("Files loaded", "count"),
            Column("Files refused", "count"),
            Column("Rows loaded", "count"),
            Column("Rows turned away", "count"),
        ],
        [[_feed(source, feed), *rest] for source, feed, *rest in rows],
        caption=f"The longest ago first, {_as_of(figures)}.",
    )


def _feed(source: str, feed: str) -> str:
    return f"{wording.plain(source)}: {feed.replace('_', ' ')}".replace("Ai ", "AI ")


def _states(figures: Figures) -> Iterator[Part]:
    yield Heading("Which months are issued")
    rows = figures.shown.rows(
        "select report_month, count(*), count(*) filter (where statement_state = 'issued'), "
        "max(known_at), max(issued_at) from published.reports.rpt_partner__compensation_statement "
        "group by all order by report_month desc"
    )
    yield Note(
        "A month's statements are drafts, that is estimates, until they are approved and issued. "
        "What is learnt after that is posted as a correction in a later statement."
    )
    yield Table(
        "months",
        [
            Column("Month", "month"),
            Column("State"),
            Column("Statements", "count"),
            Column("Issued", "count"),
            Column("As known", "instant"),
            Column("Issued at", "instant"),
        ],
        [
            [
                month,
                STATES[MonthState(month, count, issued, known_at).state],
                count,
                issued,
                known_at,
                issued_at,
            ]
            for month, count, issued, known_at, issued_at in rows
        ],
    )


def _definitions(figures: Figures) -> Table:
    metrics = figures.shown.catalog.metrics.values()
    return Table(
        "definitions",
        [Column("Figure"), Column("Definition"), Column("Unit")],
        [
            [metric.label, metric.description, metric.unit.capitalize()]
            for metric in sorted(metrics, key=lambda metric: metric.label)
        ],
    )
