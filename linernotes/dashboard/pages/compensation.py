"""Compensation: from revenue to amounts payable, on hold and carried forward.

Totals are in the reporting currency and indicative; payout currencies have exact amounts.
"""

from collections.abc import Iterator

from linernotes.dashboard import money_blocks, statement_blocks
from linernotes.dashboard.blocks import Block, Heading, Note
from linernotes.dashboard.figures import Figures
from linernotes.dashboard.metric_blocks import MONEY, cards, split, time_line

TITLE, PATH, FILTER_KINDS = (
    "Compensation",
    "/compensation",
    ("partner", "product", "territory", "period"),
)
SUBTITLE = "What was earned, what is paid, what is on hold, and why."
BY_USE = ("gross_earnings_reporting_amount", "on_hold_reporting_amount")


def blocks(figures: Figures) -> Iterator[Block]:
    """The page, from top to bottom."""
    is_split = bool(figures.selection.product or figures.selection.territory)
    if is_split:
        yield Note(
            "Deductions, balances and the amount due belong to whole contracts and cannot be shown "
            "by product or territory; this page shows gross earnings and what is on hold."
        )
    names = BY_USE if is_split else MONEY
    yield cards(figures, *names)
    if not is_split:
        yield money_blocks.bridge(figures)
        if figures.selection.partner:
            yield Note("Net revenue and the service's margin cannot be shown per partner.")
        yield Heading("Payout currencies")
        yield from money_blocks.payouts(figures)
    yield Heading("By month")
    yield from time_line(figures, *names)
    yield Heading("Effective rate and concentration")
    yield from money_blocks.rates(figures)
    yield from money_blocks.income_concentration(figures)
    yield Heading("By partner")
    yield from split(figures, "partner_id", *names)
    yield Heading("By product")
    yield from split(figures, "product_id", *BY_USE)
    yield Heading("By territory")
    yield from split(figures, "territory", *BY_USE)
    yield Heading("Money on hold: reasons and next steps")
    yield from money_blocks.holds(figures)
    yield Heading("Liabilities")
    yield from money_blocks.liabilities(figures)
    yield Heading("Statements on time")
    yield from statement_blocks.statements_on_time(figures)
