"""Blocks about consent: expiring decisions, and the time that products took to enforce refusals.

Both are reports; amounts in the reporting currency are indicative.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from linernotes.dashboard import wording
from linernotes.dashboard.blocks import FIRST_ROWS, Block, Column, Heading, Link, Note, Table
from linernotes.dashboard.figures import LATEST_RATES, Figures
from linernotes.dashboard.formats import Money
from linernotes.dashboard.row_tables import rows_href, trace_href

EXPIRIES = (
    "published.reports.rpt_executive__consent_expiries "
    f"left join {LATEST_RATES} using (currency_code)"
)
WINDOWS = {30: "Within 30 days", 60: "31 to 60 days", 90: "61 to 90 days"}


class Window(NamedTuple):
    """Consents that end within a number of days of the data's cut-off, and their earnings.

    Attributes:
        days: 30, 60 or 90; consents of a shorter window are not counted again.
        count: The number of decisions.
        amount: The payments under them in the three latest months of use, indicative.
        first: The date on which the first of them ends.
    """

    days: int
    count: int
    amount: Decimal
    first: date


def windows(figures: Figures, partners: tuple[str, ...]) -> list[Window]:
    """Expiring consents of some partners, or of all."""
    return [
        Window(days, count, amount or Decimal(0), first)
        for days, count, amount, first in figures.view.rows(
            "select within_day_count, count(distinct decision_id), sum(trailing_amount * rate), "
            f"min(cast(valid_to as date)) from {EXPIRIES} "
            f"{'where list_contains(?, partner_id)' if partners else ''} group by all order by 1",
            (partners,) if partners else (),
        )
    ]


def expiries_href(partners: tuple[str, ...], **where: object) -> str:
    """The address of the rows of expiring consents."""
    return rows_href("expiring", **where, partner_id=partners)


def expiring(figures: Figures) -> Iterator[Block]:
    """Consents that end within 30, 60 and 90 days of the data's cut-off, highest amount first."""
    partners = figures.selection.partner
    found = windows(figures, partners)
    if not found:
        yield Note("No consent ends within 90 days.", "good")
        return

    def money(amount: Decimal) -> Money:
        return Money(amount, figures.currency)

    yield Table(
        "expiring-windows",
        "Consents that end within 90 days",
        [
            Column("Ends"),
            Column("Consents", "count"),
            Column(f"Paid on them in the last three months, {figures.currency}", "money"),
            Column("First to end", "date"),
        ],
        [
            [
                WINDOWS[one.days],
                Link(one.count, expiries_href(partners, within_day_count=one.days)),
                Link(money(one.amount), expiries_href(partners, within_day_count=one.days)),
                one.first,
            ]
            for one in found
        ],
        [
            "All",
            Link(sum(one.count for one in found), expiries_href(partners)),
            Link(money(sum((one.amount for one in found), Decimal(0))), expiries_href(partners)),
            min(one.first for one in found),
        ],
        note="Indicative: at the latest ECB rate of a month's end.",
    )
    rows = figures.view.rows(
        "select decision_id, any_value(party_name), any_value(coalesce(object_name, object_id)), "
        "any_value(use_type), cast(any_value(valid_to) as date), sum(trailing_amount * rate) "
        f"from {EXPIRIES} {'where list_contains(?, partner_id)' if partners else ''} "
        "group by decision_id order by 6 desc nulls last, 5, 1",
        (partners,) if partners else (),
    )
    yield Table(
        "expiring-consents",
        "Consents that end, highest value first",
        [
            Column("Decision"),
            Column("Party"),
            Column("Recording or work"),
            Column("Use"),
            Column("Ends", "date"),
            Column(f"Paid in the last three months, {figures.currency}", "money"),
        ],
        [
            _decision(
                decision,
                party,
                subject,
                wording.code_text("use_type", use_type),
                ends,
                money(amount) if amount is not None else None,
            )
            for decision, party, subject, use_type, ends, amount in rows
        ],
    )


def enforcement(figures: Figures) -> Iterator[Block]:
    """The time that products took to enforce refusals, by month, and the slowest cases."""
    rows = figures.view.rows(
        "select report_month, coalesce(product_name, 'All products'), decision_count, "
        "median_seconds, p99_seconds, leaked_use_count, leakage_seconds "
        "from published.reports.rpt_executive__consent_enforcement "
        "where list_contains($1, report_month) "
        f"{'and list_contains($2, product_id)' if figures.selection.product else ''} "
        "order by report_month desc, decision_count desc, 2",
        (figures.months, figures.selection.product)
        if figures.selection.product
        else (figures.months,),
    )
    yield Heading("Time to enforcement", "From a refusal's start to when the products enforced it.")
    if not rows:
        yield Note(f"No refusal was enforced in this period. {wording.WIDEN}", "empty")
        return
    yield Table(
        "enforcement",
        "Time to enforcement by month and product",
        [
            Column("Month", "month"),
            Column("Product"),
            Column("Refusals enforced", "count"),
            Column("Median", "seconds"),
            Column("99th percentile", "seconds"),
            Column("Uses before enforcement", "count"),
            Column("Time with such uses", "seconds"),
        ],
        [list(row) for row in rows],
        note="All partners." if figures.selection.partner else "",
    )
    slowest = figures.view.rows(
        "select decision_id, parties.party_name, coalesce(recordings.title, works.title, "
        "artists.party_name, object_id), enforced_at, seconds_to_enforcement, leaked_use_count "
        "from published.marts.fct_consent_decisions as decisions "
        "left join published.marts.dim_parties as parties using (party_id) "
        "left join published.marts.dim_recordings as recordings on recording_id = object_id "
        "left join published.marts.dim_works as works on work_id = object_id "
        "left join published.marts.dim_parties as artists on artists.party_id = object_id "
        "where seconds_to_enforcement is not null "
        "and list_contains(?, cast(date_trunc('month', enforced_at) as date)) "
        "order by seconds_to_enforcement desc, decision_id",
        (figures.months,),
    )
    yield Table(
        "slowest-enforcement",
        "Refusals enforced, slowest first",
        [
            Column("Decision"),
            Column("Party"),
            Column("Artist, recording or work"),
            Column("Enforced", "instant"),
            Column("Time to enforcement", "seconds"),
            Column("Uses before enforcement", "count"),
        ],
        [_decision(*row) for row in slowest],
        row_limit=FIRST_ROWS,
        note="All partners and products."
        if figures.selection.partner or figures.selection.product
        else "",
    )


def _decision(decision: str, party: str, subject: str, *more: Any) -> list[Any]:
    name = "Whole catalogue" if subject == "*" else subject
    return [Link(decision, trace_href("decision", decision)), party, name, *more]
