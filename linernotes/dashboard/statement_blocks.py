"""Blocks about statements: their due dates, their issue, and why some are late."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from linernotes.dashboard.blocks import Block, Column, Link, Note, Table
from linernotes.dashboard.figures import Figures
from linernotes.dashboard.formats import date_text, span_text
from linernotes.dashboard.measures import LATE_FROM
from linernotes.dashboard.row_tables import rows_href

DEMONSTRATION = (
    "This demonstration issues its past months on the day it is built and leaves the last one as "
    "drafts, so every one counts as late. Their data was taken as of the 15th of the following "
    "month."
)


class StatementMonth(NamedTuple):
    """The statements of a month: their number, their due date, and their issue.

    Attributes:
        late_count: Issued after the due date, or not issued although it has passed.
        first_date: The day on which the first was issued.
        last_date: The day on which the last was issued.
    """

    report_month: date
    due_date: date
    count: int
    issued_count: int
    timely_count: int
    late_count: int
    first_date: date | None
    last_date: date | None


def statement_months(figures: Figures) -> list[StatementMonth]:
    """The statements of the selected partners up to the headline month, the latest first."""
    partners = figures.selection.partner
    found = figures.view.rows(
        f"select report_month, cast({LATE_FROM} as date) - 1 as due, count(*), "
        "count(issued_at), count(*) filter (where issued_at < "
        f"{LATE_FROM}), count(*) filter (where coalesce(issued_at, $1) >= {LATE_FROM}), "
        "min(cast(issued_at as date)), max(cast(issued_at as date)) "
        "from published.marts.fct_statements "
        f"where report_month <= $2 {'and list_contains($3, partner_id)' if partners else ''} "
        "group by all order by report_month desc",
        (figures.view.known_at, figures.headline, *([partners] if partners else [])),
    )
    return [StatementMonth(*row) for row in found]


def lateness_in(figures: Figures, months: Sequence[StatementMonth]) -> str:
    """Why statements count as late, with a note that those of a demonstration always do."""
    text = lateness_text(months)
    is_late = any(month.late_count for month in months)
    return f"{text} {DEMONSTRATION}" if is_late and figures.view.is_demonstration else text


def lateness_in_short(figures: Figures, month: date) -> str:
    """Why the statements of one month count as late, in one line."""
    found = next((one for one in statement_months(figures) if one.report_month == month), None)
    if found is None or not found.late_count:
        return ""
    due = f"due by {date_text(found.due_date)}"
    if figures.view.is_demonstration:
        day = (
            f"issued when built, {date_text(found.last_date)}"
            if found.last_date
            else "still drafts"
        )
        return f"Demonstration: {day}; {due}"
    if found.last_date is None:
        return f"Not issued, {due}"
    missing = found.count - found.issued_count
    rest = f"; {missing:,} not issued" if missing else ""
    return f"Last issued {date_text(found.last_date)}, {due}{rest}"


def statements_on_time(figures: Figures, is_on_screen: bool = False) -> Iterator[Block]:
    """Due dates and issue dates of statements by month, and why some are late."""
    months = statement_months(figures)
    if months:
        yield Note(lateness_in(figures, months), is_on_screen=is_on_screen)
    yield from statements_by_month(figures, is_on_screen)


def statements_by_month(figures: Figures, is_on_screen: bool = False) -> Iterator[Block]:
    """Due dates and issue dates of statements, by month."""
    months = statement_months(figures)
    if not months:
        yield Note("No statements in this selection.", "empty")
        return
    partners = figures.selection.partner

    def href(month: Any) -> str:
        return rows_href("statements", report_month=month, partner_id=partners)

    yield Table(
        "statements-on-time",
        "Statements by month",
        [
            Column("Month", "month"),
            Column("Statements", "count"),
            Column("Issued", "count"),
            Column("Due by", "date"),
            Column("On time", "count"),
            Column("Late", "count"),
            Column("Last issued", "date"),
            Column("Days after due date", "count"),
        ],
        [
            [
                Link(one.report_month, href(one.report_month)),
                Link(one.count, href(one.report_month)),
                one.issued_count,
                one.due_date,
                one.timely_count,
                one.late_count,
                one.last_date,
                max((one.last_date - one.due_date).days, 0) if one.last_date else None,
            ]
            for one in months
        ],
        is_on_screen=is_on_screen,
    )


def lateness_text(months: Sequence[StatementMonth]) -> str:
    """Why statements count as late: their due dates, and when they were issued."""
    late = [month for month in months if month.late_count]
    if not late:
        return "Every statement that was due was issued on time."
    # In a month with late statements, those that are not issued are also late.
    missing = {month: month.count - month.issued_count for month in late}
    issued = {month: month.late_count - missing[month] for month in late}
    parts = []
    if any(issued.values()):
        parts.append(
            f"{_counted(issued, 'statement')} {_issued_text([m for m in late if issued[m]])}"
        )
    if any(missing.values()):
        one = sum(missing.values()) == 1
        of_them = _counted(missing, "" if parts else "statement")
        parts.append(f"{of_them} {'is' if one else 'are'} past the due date and not issued")
    return f"{'; '.join(parts)}."


def _counted(counts: Mapping[StatementMonth, int], noun: str) -> str:
    """3 statements of May 2026."""
    count = sum(counts.values())
    nouns = f" {noun}{'' if count == 1 else 's'}" if noun else ""
    return f"{count:,}{nouns} of {span_text([m.report_month for m, one in counts.items() if one])}"


def _issued_text(late: Sequence[StatementMonth]) -> str:
    """The days on which late statements were issued."""
    days = {day for month in late for day in (month.first_date, month.last_date) if day}
    if len(days) == 1 and len(late) > 1:
        [day] = days
        after = (day - max(month.due_date for month in late)).days
        return f"were all issued on {date_text(day)}, {after} days after the last of them was due"
    were = "was" if sum(month.late_count for month in late) == 1 else "were"
    return f"{were} issued after the due date, the last on {date_text(max(days))}"
