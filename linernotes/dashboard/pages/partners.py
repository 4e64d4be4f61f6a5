"""Partners: a list with one row each, and a page for each as a brief for a meeting.

Figures are metrics by partner; amounts in the reporting currency are indicative.
"""

from collections.abc import Iterator
from dataclasses import replace

from linernotes.dashboard import money_blocks, statement_blocks, wording
from linernotes.dashboard.attention import attention
from linernotes.dashboard.blocks import Attention, Block, Cards, Column, Heading, Note, Table
from linernotes.dashboard.drill import RowSet, read_rows
from linernotes.dashboard.figures import Figures
from linernotes.dashboard.formats import month_text
from linernotes.dashboard.metric_blocks import MONEY, cards, split, time_line
from linernotes.dashboard.row_tables import TABLES
from linernotes.dashboard.selection import FIRST, LAST

TITLE, PATH, FILTER_KINDS = "Partners", "/partners", ("period",)
SUBTITLE = "What each partner is paid, what is on hold, and how its repertoire is used."
# What fits a printed page.
ITEMS_SHOWN = MONTHS_SHOWN = 6
USE = ("ai_weighted_uses", "explicit_consent_share", "credit_coverage", "removal_actions")


def blocks(figures: Figures) -> Iterator[Block]:
    """The list of partners."""
    yield from split(figures, "partner_id", *MONEY, title="Amount due by partner")
    yield Note(money_blocks.INDICATIVE)
    yield Heading("Use, consent, credit and removals")
    yield from split(
        figures,
        "partner_id",
        *USE,
        "opt_in_rate",
        "unconsented_uses",
        title="Use, consent, credit and removals by partner",
        is_drawn=False,
    )


def partner_blocks(figures: Figures, partner: str) -> Iterator[Block]:
    """The page of one partner; the selection must contain only this partner."""
    month = month_text(figures.headline)
    yield Heading(f"Payments, {month}")
    yield cards(figures, *MONEY)
    yield money_blocks.bridge(figures)
    yield from money_blocks.payouts(figures)
    yield Heading("Needs attention")
    items = attention(figures)
    more = figures.selection.href("/attention", partner=partner, **{FIRST: None, LAST: None})
    yield (
        Attention(items[:ITEMS_SHOWN], len(items), more)
        if items
        else Note("Nothing needs attention.", "good")
    )
    yield Heading("On hold")
    yield from money_blocks.holds(figures)
    yield Heading("Amount due by month")
    yield from time_line(figures, MONEY[0], *MONEY[1:3])
    yield Heading("Use, consent and credit")
    yield Cards(
        [
            *cards(figures, "ai_weighted_uses", "explicit_consent_share", "opt_in_rate").cards,
            *cards(figures, "unconsented_uses", "late_consent_rate").cards,
            *cards(figures, "credit_coverage", "shown_credit_rate").cards,
        ]
    )
    yield Heading("Removals")
    yield cards(figures, "removal_actions", "time_to_action_median", "appeal_rate", "overturn_rate")
    yield Heading("Connection")
    yield from _connection(figures, partner)
    yield Heading("Advances, guarantees, reserves and balances")
    yield from money_blocks.liabilities(figures)
    yield Heading("Contracts", is_on_screen=True)
    found = read_rows(
        figures,
        RowSet("contracts", TABLES["contracts"], ("partner_id = ?",), (partner,)),
        "Contracts and their versions",
    )
    yield replace(found.table, is_on_screen=True) if found.count else Note("No contracts.", "empty")
    yield Heading(
        "Statements",
        "Each month's package of an issued statement is in the outbox.",
        is_on_screen=True,
    )
    yield from statement_blocks.statements_on_time(figures, is_on_screen=True)


def _connection(figures: Figures, partner: str) -> Iterator[Block]:
    """Audiences as in the partner's package: small counts are hidden, others rounded."""
    rows = figures.view.rows(
        "select report_month, sum(derivative_listener_count), "
        "sum(source_listener_within_7_days_count), sum(new_fan_count), "
        "count(*) filter (where suppression_code = 'SUPPRESSED') "
        "from published.reports.rpt_partner__fan_connection where partner_id = ? "
        # A recording's total; its territories have rows of their own.
        "and territory = 'WW' and list_contains(?, report_month) group by all "
        "order by report_month desc",
        (partner, figures.months),
    )
    if not rows:
        yield Note(wording.NO_ACTIVITY, "empty")
        return
    yield Table(
        "connection",
        "Audiences as shown to the partner",
        [
            Column("Month", "month"),
            Column("Listeners of AI versions", "count"),
            Column("Went on to play the original", "count"),
            Column("New fans", "count"),
            Column("Recordings with hidden totals", "count"),
        ],
        [list(row) for row in rows],
        row_limit=MONTHS_SHOWN,
        note="Counts below 10 are hidden, others rounded to 5, so totals may understate.",
    )
