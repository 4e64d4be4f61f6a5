"""Incidents: what went wrong, what it delays, who acts next and by when.

The register is a report; amounts in the reporting currency are indicative.
"""

from collections.abc import Iterator
from decimal import Decimal

from linernotes.dashboard import wording
from linernotes.dashboard.blocks import (
    FIRST_ROWS,
    Block,
    Column,
    Event,
    Heading,
    Link,
    Note,
    Point,
    Table,
    TimeLine,
)
from linernotes.dashboard.figures import LATEST_RATES, Figures
from linernotes.dashboard.formats import Money, count_text, span_text
from linernotes.dashboard.row_tables import rows_href, trace_href
from linernotes.packages import wording as codes

TITLE, PATH, FILTER_KINDS = "Incidents", "/incidents", ("partner", "period")
SUBTITLE = "What went wrong, what it holds up, and who acts next."
REGISTER = "published.reports.rpt_executive__incidents"
# The most severe first.
RANK = "list_position(['critical', 'high', 'medium', 'low'], severity)"


def blocks(figures: Figures) -> Iterator[Block]:
    """The page, from top to bottom."""
    yield Heading("Open incidents by kind")
    yield from by_kind(figures)
    yield Heading("By month")
    yield from by_month(figures)
    yield Heading("Open incidents")
    yield from listed(figures)


def _of_partners(figures: Figures) -> tuple[str, tuple[tuple[str, ...], ...]]:
    """An SQL condition for the selected partners, and its parameter."""
    partners = figures.selection.partner
    return ("list_contains(?, partner_id)", (partners,)) if partners else ("true", ())


def _href(figures: Figures, **where: object) -> str:
    partners = figures.selection.partner
    return rows_href("incidents", **where, partner_id=partners)


def by_kind(figures: Figures) -> Iterator[Block]:
    """The number of open incidents of each kind, and their money."""
    condition, parameters = _of_partners(figures)
    rows = figures.view.rows(
        "select * from (select incident_kind, label, severity, count(distinct incident_id), "
        "count(distinct incident_id) filter (where is_overdue), sum(held_amount * rate), "
        "sum(exposed_amount * rate), min(due_date), next_action_by, next_step "
        f"from {REGISTER} left join {LATEST_RATES} using (currency_code) "
        f"where incident_status = 'open' and {condition} "
        f"group by all) order by {RANK}, 6 desc nulls last, label",
        parameters,
    )
    if not rows:
        yield Note("No incident is open.", "good")
        return

    def money(amount: Decimal | None) -> Money:
        return Money(amount or Decimal(0), figures.currency)

    yield Table(
        "incidents-by-kind",
        "Open incidents by kind, most severe first",
        [
            Column("Incident"),
            Column("Severity"),
            Column("Open", "count"),
            Column("Overdue", "count"),
            Column(f"On hold, {figures.currency}", "money"),
            Column(f"Paid on doubtful evidence, {figures.currency}", "money"),
            Column("First due", "date"),
            Column("Owner"),
            Column("Next step"),
        ],
        [
            [
                Link(label, _href(figures, incident_kind=kind, incident_status="open")),
                severity.capitalize(),
                Link(count, _href(figures, incident_kind=kind, incident_status="open")),
                overdue,
                money(held),
                money(exposed),
                due,
                wording.OWNERS.get(owner, codes.plain(owner)),
                f"{step}.",
            ]
            for kind, label, severity, count, overdue, held, exposed, due, owner, step in rows
        ],
        [
            "All",
            "",
            Link(sum(row[3] for row in rows), _href(figures, incident_status="open")),
            sum(row[4] for row in rows),
            money(sum((row[5] or Decimal(0) for row in rows), Decimal(0))),
            money(sum((row[6] or Decimal(0) for row in rows), Decimal(0))),
            min(row[7] for row in rows),
            "",
            "",
        ],
        note="Money is part of what is on hold, not in addition to it. Indicative: at the latest "
        "ECB rate of a month's end.",
    )


def listed(figures: Figures) -> Iterator[Block]:
    """The open incidents, highest amount at stake first, then by age and severity."""
    condition, parameters = _of_partners(figures)
    rows = figures.view.rows(
        "select * from (select incident_id, any_value(label), any_value(severity) as severity, "
        "any_value(partner_id), any_value(product_id), "
        "any_value(coalesce(object_name, object_id)), any_value(item_count), "
        "sum(held_amount * rate) as held, cast(any_value(opened_at) as date) as since, "
        "any_value(due_date), any_value(next_action_by), "
        "sum((coalesce(held_amount, 0) + coalesce(exposed_amount, 0)) * rate) as at_stake "
        f"from {REGISTER} left join {LATEST_RATES} using (currency_code) "
        f"where incident_status = 'open' and {condition} group by incident_id) "
        f"order by at_stake desc nulls last, since, {RANK}, incident_id",
        parameters,
    )
    if not rows:
        yield Note("No incident is open.", "good")
        return
    yield Table(
        "open-incidents",
        "Open incidents, highest amount at stake first",
        [
            Column("Incident"),
            Column("Severity"),
            Column("Partner"),
            Column("Product"),
            Column("Recording or work"),
            Column("Uses or items", "count"),
            Column(f"On hold, {figures.currency}", "money"),
            Column("Since", "date"),
            Column("Due", "date"),
            Column("Owner"),
        ],
        [
            [
                Link(label, trace_href("incident", incident)),
                severity.capitalize(),
                figures.names["partner"].get(partner, partner),
                figures.names["product"].get(
                    product, "All products" if product == "*" else product
                ),
                subject,
                count,
                Money(held, figures.currency) if held is not None else None,
                since,
                due,
                wording.OWNERS.get(owner, codes.plain(owner)),
            ]
            for (
                incident,
                label,
                severity,
                partner,
                product,
                subject,
                count,
                held,
                since,
                due,
                owner,
                *_,
            ) in rows
        ],
        row_limit=FIRST_ROWS,
        more=_href(figures, incident_status="open"),
    )


def by_month(figures: Figures) -> Iterator[Block]:
    """Incidents by the month that they concern, and how many are still open."""
    condition, parameters = _of_partners(figures)
    counts = {
        month: (count, still_open, closed)
        for month, count, still_open, closed in figures.view.rows(
            "select usage_month, count(*), count(*) filter (where incident_status = 'open'), "
            "count(*) filter (where incident_status = 'closed') "
            f"from published.marts.fct_incidents where {condition} group by all",
            parameters,
        )
    }
    shown = [month for month in figures.months if month in counts]
    if not shown:
        yield Note(f"{wording.NO_ACTIVITY} {wording.WIDEN}", "empty")
        return
    none = (0, 0, 0)
    table = Table(
        "incidents-by-month",
        f"Incidents by month, {span_text(figures.months)}",
        [
            Column("Month", "month"),
            Column("Incidents", "count"),
            Column("Still open", "count"),
            Column("Closed", "count"),
        ],
        [
            [
                month,
                Link(counts.get(month, none)[0], _href(figures, usage_month=month)),
                Link(
                    counts.get(month, none)[1],
                    _href(figures, usage_month=month, incident_status="open"),
                ),
                counts.get(month, none)[2],
            ]
            for month in figures.months
        ],
        note="By month of use, or of opening where an incident is not about use.",
    )
    points = [
        Point(
            month,
            counts.get(month, none)[0],
            count_text(counts.get(month, none)[0]),
            figures.is_estimate(month),
            figures.is_in_progress(month),
            _href(figures, usage_month=month),
        )
        for month in figures.months
    ]
    events = [Event(day, name) for day, name in figures.events(figures.months)]
    yield TimeLine("Incidents by month", points, False, table, events=events)
