"""A page as PDF: the same parts that the screen shows, typeset, not printed by the browser.

How the document looks is the template's of `packages`.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from linernotes.dashboard.charts import svg
from linernotes.dashboard.parts import (
    STATES,
    Card,
    Cards,
    Chart,
    Heading,
    Note,
    Part,
    Table,
    cell_text,
)
from linernotes.packages import document_parts, readable, typeset

BOXES_IN_A_ROW = 3
# Columns with longer texts share the room; if there are none, few columns leave it to the first.
LONG_TEXT, FEW_COLUMNS = 40, 4
# A longer table ends with a sentence; the CSV file has every row.
MOST_ROWS = 60


def page_pdf(
    title: str, chosen: str, stamp: str, known_at: datetime, parts: Iterable[Part]
) -> bytes:
    """The PDF of a page.

    Args:
        title: The page's name.
        chosen: What the filters say.
        stamp: Which publication the figures are from.
        known_at: Its freeze, UTC; the same figures give the same bytes.
        parts: What the page shows.
    """
    content = {
        "title": title,
        "subtitle": readable(f"{chosen}. {stamp}"),
        "header": readable(f"Linernotes · {title}"),
        "state": "Every figure says whether it is issued or an estimate",
        "footer": readable(stamp),
        "is_draft": False,
        "date": {"year": known_at.year, "month": known_at.month, "day": known_at.day},
        "parts": [printed for part in parts for printed in _printed(part)],
    }
    return typeset(content, known_at.replace(tzinfo=UTC))


def _printed(part: Part) -> Iterator[dict[str, Any]]:
    match part:
        case Heading():
            yield document_parts.heading(readable(part.text))
            if part.about:
                yield document_parts.paragraph(readable(part.about))
        case Note():
            yield document_parts.paragraph(readable(part.text))
        case Cards():
            for at in range(0, len(part.cards), BOXES_IN_A_ROW):
                row = part.cards[at : at + BOXES_IN_A_ROW]
                yield document_parts.boxes(map(_box, row), first_stands_out=False)
        case Table():
            yield from _printed_table(part)
        case Chart():
            yield document_parts.chart(svg(part.spec), readable(part.alt))
            yield from _printed_table(part.table)


def _box(card: Card) -> tuple[str, str, str]:
    """A card as a box, which has room for a line: the tables below it say as of when."""
    state = STATES[card.state] if card.state else ""
    note = ", ".join(filter(None, (state, card.period or card.as_of)))
    return readable(card.label), readable(card.value), readable(note)


def _printed_table(table: Table) -> Iterator[dict[str, Any]]:
    if not table.rows:
        yield document_parts.paragraph("There is nothing to list for what is chosen.")
        return
    shown = table.rows[:MOST_ROWS]
    rows = [_texts(table, row) for row in shown]
    yield document_parts.table(_columns(table, rows), rows, _texts(table, table.total))
    if len(table.rows) > len(shown):
        rest = f"{len(table.rows) - len(shown):,} more rows are in the CSV file of this table. "
        yield document_parts.paragraph(rest)
    if table.caption:
        yield document_parts.paragraph(readable(table.caption))


def _columns(table: Table, rows: Sequence[Sequence[str]]) -> list[str]:
    """Names as `document_parts.table` reads them: which are numbers, and which take the room."""
    wide = {at for at in range(len(table.columns)) if any(len(row[at]) > LONG_TEXT for row in rows)}
    if not wide and len(table.columns) <= FEW_COLUMNS:
        wide = {0}
    return [
        f"{'#' if column.is_number else '*' if at in wide else ''}{readable(column.name)}"
        for at, column in enumerate(table.columns)
    ]


def _texts(table: Table, row: Sequence[object]) -> list[str]:
    if not row:
        return []
    return [
        readable(cell_text(value, column.kind))
        for value, column in zip(row, table.columns, strict=True)
    ]
