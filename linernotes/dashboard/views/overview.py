"""Overview: what needs a decision, the four principles, and the money.

Figures are metrics, the executives' risk register, and counts of published rows.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from linernotes.dashboard.figures import Figures
from linernotes.dashboard.formats import NONE, Money, money_text
from linernotes.dashboard.metric_parts import by_month, cards
from linernotes.dashboard.parts import Column, Heading, Note, Part, Table
from linernotes.dashboard.views import compensation
from linernotes.packages import wording

TITLE, ADDRESS = "Overview", ""
QUESTION = "What needs a decision, how the four principles stand, and what money moves."
CONSENT = ("consent_proof_rate", "explicit_consent_share", "unconsented_uses")
CREDIT = ("credit_coverage", "ai_disclosure_rate", "identifier_completeness")
RISKS = {
    "statements_not_issued": ("Statements that are drafts", "Approve and issue them."),
    "open_notices": ("Notices without action", "Act on them, or find them void."),
    "held_money": ("Lines held", ""),
}
AMOUNTS_TOLD = 2
COMPENSATION = ("match_rate", "unattributed_share", "trace_completeness")
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
    rows = [*_gates(figures), *_risks(figures)]
    if not rows:
        return Note("Nothing waits for a decision.", "good")
    return Table(
        "decisions",
        [
            Column("What"),
            Column("How many", "count"),
            Column("Since", "month"),
            Column("Money that waits"),
            Column("Whose turn"),
            Column("What ends it"),
        ],
        rows,
        caption=f"Of everything that is published, whatever is chosen. {figures.shown.as_known}.",
    )


def _risks(figures: Figures) -> Iterator[list[Any]]:
    """The executives' risk register, over all partners."""
    rows = figures.shown.rows(
        "with in_currencies as (select risk_name, hold_bucket, next_action_by, currency_code, "
        "sum(item_count) as items, min(since_month) as since, sum(amount) as amount "
        "from published.reports.rpt_executive__risk_register group by all) "
        "select risk_name, hold_bucket, sum(items), min(since), "
        "list((amount, currency_code) order by currency_code <> ?, currency_code) "
        "filter (where amount <> 0), next_action_by from in_currencies "
        "group by all order by risk_name desc, min(since), hold_bucket",
        (figures.currency,),
    )
    for risk, bucket, count, since, amounts, turn in rows:
        what, end = RISKS.get(risk, (wording.plain(risk), ""))
        if bucket is not None:
            what = f"{what}: {wording.plain(bucket).lower()}"
            _, end = wording.HOLDS.get(bucket, ("", ""))
        yield [what, count, since, _amounts_text(amounts or []), wording.plain(turn), end]


def _amounts_text(amounts: list[tuple[Decimal, str]]) -> str:
    """Amounts of several currencies, which have no sum: 9.50 EUR, 97.63 USD and 2 more."""
    told = [f"{money_text(Money(*one))} {one[1]}" for one in amounts[:AMOUNTS_TOLD]]
    more = len(amounts) - len(told)
    return (", ".join(told) or NONE) + (f" and {more} more" if more else "")


def _gates(figures: Figures) -> Iterator[list[Any]]:
    """What checks, the door and the regulator's list still ask for."""
    asked = (
        (
            "Blocking checks that do not hold",
            "published.quality.check_results "
            "where is_latest and outcome <> 'passed' and severity = 'error'",
            "Data",
            "Until then nothing newer is published.",
        ),
        (
            "Removals with no statement of reasons filed (DSA)",
            "published.marts.fct_regulator_filings where is_due and not is_filed",
            "Trust and safety",
            "File them: linernotes regulator export.",
        ),
        (
            "Checks that warn",
            "published.quality.check_results "
            "where is_latest and outcome <> 'passed' and severity <> 'error'",
            "Data",
            "Somebody looks, and says whether it is meant.",
        ),
        (
            "Rules of feeds that rows broke",
            "published.quality.quarantine_summary where open_row_count > 0",
            "Data",
            "Put the rows right; until then no figure counts them.",
        ),
    )
    for what, rows, turn, end in asked:
        [(count,)] = figures.shown.rows(f"select count(*) from {rows}")
        if count:
            yield [what, count, None, None, turn, end]
