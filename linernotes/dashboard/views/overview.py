"""Overview: what needs a decision, the four principles, and the money.

Figures are metrics and counts of published rows.
"""

from collections.abc import Iterator

from linernotes.dashboard.figures import Figures
from linernotes.dashboard.metric_parts import by_month, cards
from linernotes.dashboard.parts import Column, Heading, Note, Part, Table
from linernotes.dashboard.views import compensation

TITLE, ADDRESS = "Overview", ""
QUESTION = "What needs a decision, how the four principles stand, and what money moves."
CONSENT = ("consent_proof_rate", "explicit_consent_share", "unconsented_uses")
CREDIT = ("credit_coverage", "ai_disclosure_rate", "identifier_completeness")
COMPENSATION = ("match_rate", "unattributed_share")
CONNECTION = ("derivative_to_source_conversion", "new_fan_rate", "source_lift")


def parts(figures: Figures) -> Iterator[Part]:
    """The page, from top to bottom."""
    yield Heading("What needs a decision")
    yield _decisions(figures)
    yield Heading("Consent", "Nothing is used without a yes.")
    yield cards(figures, *CONSENT)
    yield Heading("Credit", "Whoever is used is named.")
    yield cards(figures, *CREDIT)
    yield Heading("Compensation", "Whoever is used is paid, and every cent can be traced.")
    yield compensation.totals(figures)
    yield cards(figures, *COMPENSATION)
    yield Heading("Connection", "Derivatives lead listeners to the artists.")
    yield cards(figures, *CONNECTION)
    yield Heading("Use by month")
    yield from by_month(figures, "ai_generations", alt="Completed generations by month.")


def _decisions(figures: Figures) -> Part:
    """What waits for somebody, whatever is chosen: it must not hide behind a filter."""
    [(drafts, months)] = figures.shown.rows(
        "select count(*), count(distinct report_month) "
        "from published.reports.rpt_partner__compensation_statement "
        "where statement_state <> 'issued'"
    )
    [(broken, odd)] = figures.shown.rows(
        "select count(*) filter (where severity = 'error'), count(*) "
        "filter (where severity <> 'error') from published.quality.check_results "
        "where is_latest and outcome <> 'passed'"
    )
    [(turned_away,)] = figures.shown.rows(
        "select coalesce(sum(open_row_count), 0) from published.quality.quarantine_summary"
    )
    [(unfiled,)] = figures.shown.rows(
        "select count(*) from published.reports.rpt_regulator__unfiled_actions"
    )
    [(notices,)] = figures.shown.rows(
        "select count(*) from published.marts.fct_notices where is_open"
    )
    listed = [
        (broken, "Blocking checks that do not hold", "Nothing newer is published until they do."),
        (
            drafts,
            "Statements that are drafts",
            f"Of {months} {'month' if months == 1 else 'months'}; partners are paid from what is "
            "approved and issued.",
        ),
        (unfiled, "Removals without a filed statement of reasons", "The regulator expects one."),
        (notices, "Notices that nobody has acted on or judged", "Act on them, or find them void."),
        (
            turned_away,
            "Rows turned away at the door",
            "No figure counts them until they are put right.",
        ),
        (odd, "Checks that warn", "Somebody has to look, and say that it is meant."),
    ]
    rows = [[what, count, why] for count, what, why in listed if count]
    if not rows:
        return Note("Nothing waits for a decision.", "good")
    return Table(
        "decisions",
        [Column("What"), Column("How many", "count"), Column("Why it matters")],
        rows,
        caption=f"Of everything that is published, whatever is chosen. {figures.shown.as_known}.",
    )
