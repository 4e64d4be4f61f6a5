"""Data quality and freshness: what arrived and when, what was rejected, what was checked.

The rows are those of the published schema `quality`; each check has its own explanation.
"""

from collections.abc import Iterator

from linernotes.dashboard import wording
from linernotes.dashboard.attention import data_items
from linernotes.dashboard.blocks import Block, Column, Facts, Heading, Link, Note, Table
from linernotes.dashboard.figures import Figures
from linernotes.dashboard.row_tables import rows_href
from linernotes.packages import wording as codes

TITLE, PATH, FILTER_KINDS = "Data quality", "/data", ()
SUBTITLE = "Whether the figures of the other pages can be relied on, and how fresh they are."
SEVERITIES = {"error": "Blocking", "warn": "Warning"}
FEEDS = {"ecb": "ECB rates", "ern": "DDEX messages (ERN)", "fx_rates": "other exchange rates"}
UNITS = {"money": "amount", "count": "number", "share": "%", "seconds": "duration"}


def blocks(figures: Figures) -> Iterator[Block]:
    """The page, from top to bottom."""
    yield Note("Filters do not apply to this page.")
    yield _facts(figures)
    yield from _to_do(figures)
    yield Heading("Checks failed")
    yield from _checks(figures)
    yield Heading("Rejected records awaiting correction")
    yield from _rejected(figures)
    yield Heading("Freshness of the feeds")
    yield _feeds(figures)
    yield Heading(
        "Statement status",
        "A month's statements are estimates until they are approved and issued; later corrections "
        "are adjustments in a later statement.",
    )
    yield _states(figures)
    yield Heading("Definitions")
    yield _definitions(figures)


def _facts(figures: Figures) -> Facts:
    [(passed, checked)] = figures.view.rows(
        "select count(*) filter (where outcome = 'passed'), count(*) "
        "from published.quality.check_results where is_latest"
    )
    [(waiting,)] = figures.view.rows(
        "select coalesce(sum(open_row_count), 0)::bigint from published.quality.quarantine_summary"
    )
    [(refused, newest)] = figures.view.rows(
        "select count(*) filter (where state = 'refused'), max(registered_at) "
        "from published.quality.deliveries"
    )
    return Facts(
        "At a glance",
        [
            ("Checks passed", f"{passed:,} of {checked:,}", "text"),
            (
                "Rejected records awaiting correction",
                Link(waiting, rows_href("rejected")),
                "count",
            ),
            ("Files refused", refused, "count"),
            ("Latest delivery", newest, "instant"),
            ("Published file", figures.view.file_name, "text"),
        ],
    )


def _to_do(figures: Figures) -> Iterator[Block]:
    items = data_items(figures)
    if items:
        yield Table(
            "data-items",
            "For the data team",
            [Column("What"), Column("Items", "count"), Column("Next step")],
            [[Link(what, href), count, step] for what, count, step, href in items],
        )


def _checks(figures: Figures) -> Iterator[Block]:
    rows = figures.view.rows(
        "select reason, severity, unexpected_count, table_name, outcome, checked_at "
        "from published.quality.check_results where is_latest and outcome <> 'passed' "
        "order by severity, unexpected_count desc, check_name"
    )
    if not rows:
        yield Note("All checks passed.", "good")
        return
    if any(row[1] == "error" for row in rows):
        yield Note("A blocking check failed: no new data is published until fixed.", "warning")
    yield Table(
        "checks-failed",
        "Checks failed",
        [
            Column("Why it is checked"),
            Column("Severity"),
            Column("Rows", "count"),
            Column("Table"),
            Column("Outcome"),
            Column("Checked", "date"),
        ],
        [
            [
                reason,
                SEVERITIES.get(severity, severity),
                count,
                table,
                codes.plain(outcome),
                at.date(),
            ]
            for reason, severity, count, table, outcome, at in rows
        ],
    )


def _rejected(figures: Figures) -> Iterator[Block]:
    rows = figures.view.rows(
        "select source, feed, broken_rule, open_row_count, delivery_count, last_quarantined_at "
        "from published.quality.quarantine_summary where open_row_count > 0 "
        "order by open_row_count desc, source, feed, broken_rule"
    )
    if not rows:
        yield Note("No rejected records await correction.", "good")
        return
    yield Table(
        "rejected-records",
        "Rejected records, by rule",
        [
            Column("Feed"),
            Column("Rule"),
            Column("Rejected rows", "count"),
            Column("Files", "count"),
            Column("Last seen", "instant"),
        ],
        [[_feed(source, feed), *rest] for source, feed, *rest in rows],
        note="Correct and resend; excluded from all figures until then.",
    )


def _feeds(figures: Figures) -> Table:
    rows = figures.view.rows(
        "select source, feed, max(registered_at) filter (where state = 'loaded') as loaded, "
        "count(*) filter (where state = 'loaded'), count(*) filter (where state = 'refused'), "
        "coalesce(sum(rows_loaded), 0)::bigint, coalesce(sum(rows_quarantined), 0)::bigint "
        "from published.quality.deliveries group by all order by loaded nulls first, source, feed"
    )
    return Table(
        "freshness",
        "Feeds, oldest first",
        [
            Column("Feed"),
            Column("Last loaded", "instant"),
            Column("Files loaded", "count"),
            Column("Files refused", "count"),
            Column("Rows loaded", "count"),
            Column("Rejected rows", "count"),
        ],
        [[_feed(source, feed), *rest] for source, feed, *rest in rows],
    )


def _feed(source: str, feed: str) -> str:
    name = FEEDS.get(feed, feed.replace("_", " "))
    return f"{codes.plain(source)}: {name}".replace("Ai ", "AI ")


def _states(figures: Figures) -> Table:
    rows = figures.view.rows(
        "select report_month, count(*), count(*) filter (where statement_state = 'issued'), "
        "max(known_at), max(issued_at) from published.marts.fct_statements "
        "group by all order by report_month desc"
    )
    return Table(
        "statement-status",
        "Statements by month",
        [
            Column("Month", "month"),
            Column("State"),
            Column("Statements", "count"),
            Column("Issued", "count"),
            Column("Data as of", "instant"),
            Column("Issued at", "instant"),
        ],
        [
            [
                month,
                "Issued" if issued == count else "Includes estimates" if issued else "Estimate",
                Link(count, rows_href("statements", report_month=month)),
                issued,
                known_at,
                issued_at,
            ]
            for month, count, issued, known_at, issued_at in rows
        ],
    )


def _definitions(figures: Figures) -> Table:
    metrics = sorted(figures.view.catalog.metrics.values(), key=lambda metric: metric.label)
    measures = [(name, meaning, "%") for name, meaning in wording.MEASURES.values()]
    rows = [
        *([m.label, m.description, UNITS.get(m.unit, m.unit)] for m in metrics),
        *map(list, measures),
    ]
    return Table(
        "definitions",
        "What each figure means",
        [Column("Figure"), Column("Definition"), Column("Unit")],
        rows,
        row_limit=len(rows),
        is_behind=True,
    )
