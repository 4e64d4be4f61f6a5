"""The board pack of a month as PDF: where we stand, promises, money, risks, requested decisions.

The blocks are those of the pages; the template of `packages` defines the layout.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date
from typing import Any

from starlette.datastructures import QueryParams

from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.dashboard import money_blocks, promise_blocks, wording
from linernotes.dashboard.attention import attention
from linernotes.dashboard.blocks import (
    VERDICTS,
    Block,
    Bridge,
    Cards,
    Column,
    Facts,
    Heading,
    Item,
    Link,
    Note,
    Sentence,
    Table,
    TimeLine,
    cell_text,
    value_of,
)
from linernotes.dashboard.figures import Figures
from linernotes.dashboard.formats import (
    Money,
    date_text,
    instant_text,
    money_text,
    month_text,
    whole,
)
from linernotes.dashboard.metric_blocks import cards, time_line
from linernotes.dashboard.pages.compensation import MONEY
from linernotes.dashboard.pages.overview import sentence
from linernotes.dashboard.published_view import view_now
from linernotes.dashboard.selection import MONTHS_SHOWN, read_selection
from linernotes.packages import document_parts, readable, typeset

BOXES_IN_A_ROW = 4
# A column with longer texts shares the remaining width.
LONG_TEXT = 28
# The columns of wide tables that fit on a page; the dashboard has all.
KEPT = {
    "on-hold": ("Reason", "On hold to date", "Over 90 days", "Lines", "Next step"),
    "liabilities": ("Contract", "Reserve held", "Carried forward", "Advance not recouped"),
    **{
        f"{code}-measures": ("Measure", "Value", "Counted", "Target", "Owner", "Verdict")
        for code in wording.PROMISES
    },
}
RISKS_SHOWN, DECISIONS_SHOWN = 20, 8


def board_pack(settings: Settings, month: date) -> bytes:
    """The board pack of a month; the same publication gives the same bytes.

    Raises:
        LinernotesError: if nothing is published, or the month has no verdict on any promise.
    """
    view = view_now(settings)
    if month not in view.options.months or month > view.options.headline:
        raise LinernotesError(
            f"There is no board pack for {month_text(month)}: the latest complete month is "
            f"{month_text(view.options.headline)}."
        )
    first = min(view.options.months)
    query = QueryParams({"from": f"{first:%Y-%m}", "to": f"{month:%Y-%m}"})
    figures = Figures(view, read_selection(query, view.options))
    content = {
        "title": f"Board pack, {month_text(month)}",
        "subtitle": readable(f"{figures.state_text(month)}, {view.data_as_of}"),
        "header": f"Linernotes · Board pack · {month_text(month)}",
        "state": figures.state_text(month),
        "footer": readable(view.stamp),
        "is_draft": False,
        "date": {
            "year": view.known_at.year,
            "month": view.known_at.month,
            "day": view.known_at.day,
        },
        "parts": [part for block in _blocks(figures) for part in _printed(block)],
    }
    return typeset(content, view.known_at.replace(tzinfo=UTC))


class _PageBreak:
    """The blocks after this begin on a new page."""


def _blocks(figures: Figures) -> Iterator[Block | _PageBreak]:
    items = attention(figures)
    yield sentence(figures, len(items))
    yield Heading("Our commitments")
    yield _promises(figures)
    yield Heading("Decisions asked")
    yield _decisions(items)
    for code, promise in wording.PROMISES.items():
        yield _PageBreak()
        yield Heading(promise.name, f"Our commitment: {promise.commitment}")
        yield from _promise(figures, code)
    yield _PageBreak()
    yield Heading("Money")
    yield cards(figures, *MONEY)
    yield money_blocks.bridge(figures)
    yield Heading("Payout currencies")
    yield from money_blocks.payouts(figures)
    yield Heading("By month")
    yield from time_line(figures, *MONEY[:3])
    yield _PageBreak()
    yield Heading("Risks", "Open items, highest amount at stake first.")
    yield _risks(items)
    yield Heading("On hold to date")
    yield from money_blocks.holds(figures)
    yield Heading("Liabilities")
    yield from money_blocks.liabilities(figures)


def _promises(figures: Figures) -> Table:
    return Table(
        "promises",
        "",
        [
            Column("Promise"),
            Column("Verdict"),
            Column("Figure", "number"),
            Column("What it is"),
            Column("Target"),
            Column("Since"),
        ],
        [
            [
                tile.name,
                VERDICTS[tile.verdict],
                value_of(tile.figure),
                tile.measure,
                tile.target.removeprefix("Target: "),
                tile.since.removeprefix("Since "),
            ]
            for tile in promise_blocks.tiles(figures)
        ],
    )


def _promise(figures: Figures, code: str) -> Iterator[Block]:
    """A promise on one page: its measures, and the verdict of each by month."""
    measures = promise_blocks.measures_of(figures, code)
    if not measures:
        yield Note("No complete month can be judged yet.", "empty")
        return
    yield Note(
        f"{VERDICTS[measures[0].promise_verdict]} since {month_text(measures[0].since)}. "
        "A promise is as good as the worst of its measures."
    )
    yield promise_blocks.measures_table(figures, code)
    yield from promise_blocks.reasons(figures, measures)
    for found in measures:
        name, meaning = wording.MEASURES[found.measure]
        yield Note(f"{name}: {meaning[0].lower()}{meaning[1:]}")
    yield Heading("By month")
    by_month = {(v.month, v.measure): v for v in figures.verdicts}
    yield Table(
        "by-month",
        "",
        [
            Column("Month", "month"),
            *(
                column
                for v in measures
                for column in (
                    Column(wording.MEASURES[v.measure][0], "number"),
                    Column("Verdict"),
                )
            ),
        ],
        [
            [
                month,
                *(
                    text
                    for v in measures
                    for found in [by_month.get((month, v.measure))]
                    for text in (
                        promise_blocks.value_text(found, found.value) if found else "–",
                        VERDICTS[found.measure_verdict] if found else "–",
                    )
                ),
            ]
            for month in figures.months[-MONTHS_SHOWN:]
        ],
    )


def _decisions(items: Sequence[Item]) -> Block:
    """The decisions requested from the board: overdue and off-target items, with their owners."""
    open_items = [item for item in items if not item.next_step.startswith("No action")]
    missed = [item for item in open_items if "promise" in item.amount]
    waiting = [item for item in open_items if item.is_overdue]
    decisions = [*missed, *waiting]
    if not decisions:
        return Note("No decision is asked.", "good")
    return Table(
        "decisions",
        "",
        [Column("Decision"), Column("At stake", "number"), Column("Owner"), Column("For")],
        [
            [item.next_step, item.amount, item.owner, value_of(item.what)]
            for item in decisions[:DECISIONS_SHOWN]
        ],
    )


def _risks(items: Sequence[Item]) -> Block:
    if not items:
        return Note("Nothing needs attention.", "good")
    return Table(
        "risks",
        "",
        [
            Column("Item"),
            Column("At stake", "number"),
            Column("Owner"),
            Column("Due"),
            Column("Next step"),
        ],
        [
            [
                value_of(item.what),
                item.amount,
                item.owner,
                f"{date_text(item.due)}{', overdue' if item.is_overdue else ''}"
                if item.due
                else "–",
                item.next_step,
            ]
            for item in items[:RISKS_SHOWN]
        ],
    )


def _printed(block: Any) -> Iterator[dict[str, Any]]:
    match block:
        case _PageBreak():
            yield document_parts.page_break()
        case Heading():
            yield document_parts.heading(readable(block.text))
            if block.about:
                yield document_parts.paragraph(readable(block.about))
        case Note():
            yield document_parts.paragraph(readable(block.text))
        case Sentence():
            parts = [str(one.value) if isinstance(one, Link) else one for one in block.parts]
            yield document_parts.paragraph(readable("".join(parts)))
        case Cards():
            for at in range(0, len(block.cards), BOXES_IN_A_ROW):
                row = block.cards[at : at + BOXES_IN_A_ROW]
                yield document_parts.boxes(
                    (
                        (
                            readable(card.label),
                            readable(str(card.value.value)),
                            readable(card.changes[0] if card.changes else ""),
                        )
                        for card in row
                    ),
                    first_stands_out=False,
                )
        case Table():
            yield from _printed_table(block)
        case TimeLine():
            yield from _printed_table(block.table)
            if block.target_text:
                yield document_parts.paragraph(readable(f"{block.target_text}."))
            for event in block.events:
                yield document_parts.paragraph(readable(f"{date_text(event.day)}: {event.name}."))
        case Bridge():
            amounts = [
                [step.name, money_text(Money(step.amount, block.currency_code))]
                for step in block.steps
            ]
            yield document_parts.table(
                [f"*{readable(block.title)}", f"#{block.currency_code}"],
                [[readable(cell) for cell in row] for row in amounts[:-1]],
                [readable(cell) for cell in amounts[-1]],
            )
            yield document_parts.paragraph(readable(block.note))
        case Facts():
            rows = [[readable(name), readable(cell_text(v, k))] for name, v, k in block.facts]
            yield document_parts.table(["*Fact", "Value"], rows)


def _narrowed(table: Table) -> Table:
    kept = KEPT.get(table.name)
    if kept is None:
        return table
    places = [at for at, column in enumerate(table.columns) if column.name in kept]
    return replace(
        table,
        columns=[table.columns[at] for at in places],
        rows=[[row[at] for at in places] for row in table.rows],
        total=[table.total[at] for at in places] if table.total else (),
    )


def _printed_table(table: Table) -> Iterator[dict[str, Any]]:
    table = _narrowed(table)
    rows = [_texts(table, row) for row in table.rows]
    if not rows:
        return
    wide = {
        at
        for at in range(len(table.columns))
        if not table.columns[at].is_number and any(len(row[at]) > LONG_TEXT for row in rows)
    } or {0}
    columns = [
        f"{'#' if column.is_number else '*' if at in wide else ''}{readable(column.name)}"
        for at, column in enumerate(table.columns)
    ]
    yield document_parts.table(columns, rows, _texts(table, table.total))
    if table.note:
        yield document_parts.paragraph(readable(table.note))


def _texts(table: Table, row: Sequence[object]) -> list[str]:
    return [
        readable(whole(cell_text(value, column.kind)))
        for value, column in zip(row, table.columns, strict=False)
    ]


def subject_of(settings: Settings, month: date) -> str:
    """The subject of the mail with a board pack."""
    return f"Linernotes board pack, {month_text(month)}, {_as_of(settings)}"


def _as_of(settings: Settings) -> str:
    return f"data as of {instant_text(view_now(settings).known_at)}"
