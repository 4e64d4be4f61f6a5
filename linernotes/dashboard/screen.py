"""Shows parts in the browser. Every text that comes from data is escaped here, and only here.

Tables and cards are plain HTML: screen readers, copying and a phone's width need no script. Which
parts a page has is the page's.
"""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

import streamlit as st

from linernotes.dashboard.parts import (
    STATES,
    Card,
    Cards,
    Chart,
    Column,
    Heading,
    Note,
    Part,
    State,
    Table,
    Trend,
    cell_text,
    table_csv,
)

# A table with more columns than these stands below its chart.
COLUMNS_BESIDE = 3
MOST_CARDS_IN_A_ROW = 5
# A longer value is written smaller, so that it stays on one line.
LONG_VALUE = 11
# A cell with more than a name in it is given room, even on a phone.
LONG_TEXT = 40
STYLE = Path(__file__).with_name("style.css")


def show_style() -> None:
    """The looks of all that is shown after it."""
    st.html(STYLE)


def show_title(title: str, question: str, chosen: str = "") -> None:
    """The page's name, what it answers, and what it is about."""
    about = f"<p class='ln-chosen'>{escape(chosen)}</p>" if chosen else ""
    st.html(
        f"<h1 class='ln-title'>{escape(title)}</h1>"
        f"<p class='ln-question'>{escape(question)}</p>{about}"
    )


def show_stamp(text: str) -> None:
    st.html(f"<p class='ln-stamp'>{escape(text)}</p>")


def show_end(stamp: str) -> None:
    """The foot of a page: from which publication its figures are."""
    st.html(f"<p class='ln-stamp ln-end'>{escape(stamp)}</p>")


def show(parts: Iterable[Part]) -> None:
    """Shows parts from top to bottom."""
    for place, part in enumerate(parts):
        match part:
            case Heading():
                st.html(heading_html(part))
            case Note():
                st.html(note_html(part))
            case Cards():
                st.html(cards_html(part.cards))
            case Table():
                st.html(table_html(part))
                _download(part, place)
            case Chart():
                _show_chart(part, place)


def _show_chart(chart: Chart, place: int) -> None:
    is_narrow = len(chart.table.columns) <= COLUMNS_BESIDE
    left, right = st.columns([3, 2]) if is_narrow else (st.container(), st.container())
    with left:
        st.html(f"<p class='ln-alt'>{escape(chart.alt)}</p>")
        st.altair_chart(
            chart.spec, width="stretch", key=f"chart-{place}-{chart.table.name}", alt=chart.alt
        )
    with right:
        st.html(table_html(chart.table))
        _download(chart.table, place)


def _download(table: Table, place: int) -> None:
    if table.rows:
        st.download_button(
            "Download as CSV",
            lambda: table_csv(table),
            file_name=f"{table.name}.csv",
            mime="text/csv",
            key=f"csv-{place}-{table.name}",
            type="tertiary",
            icon=":material/download:",
            on_click="ignore",
        )


def heading_html(heading: Heading) -> str:
    about = f"<p class='ln-alt'>{escape(heading.about)}</p>" if heading.about else ""
    return f"<h2 class='ln-heading'>{escape(heading.text)}</h2>{about}"


def note_html(note: Note) -> str:
    role = " role='status'" if note.kind == "warning" else ""
    return f"<p class='ln-note ln-{note.kind}'{role}>{escape(note.text)}</p>"


def cards_html(cards: Sequence[Card]) -> str:
    """Cards in rows of the same length, as far as there is room."""
    rows = -(-len(cards) // MOST_CARDS_IN_A_ROW)
    columns = -(-len(cards) // rows) if rows else 1
    shown = "".join(map(_card_html, cards))
    return f"<div class='ln-cards' style='--ln-columns: {columns}'>{shown}</div>"


def _card_html(card: Card) -> str:
    state = _state_html(card.state)
    size = " ln-long" if len(card.value) > LONG_VALUE else ""
    when = ", ".join(filter(None, (card.period, card.as_of)))
    as_of = f"<span class='ln-as-of'>{escape(when)}</span>" if when else ""
    note = f"<div class='ln-card-note'>{escape(card.note)}</div>" if card.note else ""
    return (
        f"<div class='ln-card'>{_label_html(card)}"
        f"<div class='ln-value{size}'>{escape(card.value)}</div>{_trend_html(card.trend)}{note}"
        f"<div class='ln-foot'>{state}{as_of}</div></div>"
    )


def _label_html(card: Card) -> str:
    """What a card is called; its meaning opens at a click, a touch or a key."""
    label = escape(card.label)
    if not card.meaning:
        return f"<div class='ln-label'>{label}</div>"
    return (
        f"<details class='ln-label'><summary>{label}</summary>"
        f"<p class='ln-meaning'>{escape(card.meaning)}</p></details>"
    )


def _state_html(state: State | None) -> str:
    return f"<span class='ln-state ln-{state}'>{STATES[state]}</span>" if state else ""


def _trend_html(trend: Sequence[Trend]) -> str:
    """Small bars, one a month; how high they are, and nothing else, is a float."""
    if len(trend) < 2:
        return ""
    highest = max((abs(float(month.value or 0)) for month in trend), default=0) or 1
    bars = "".join(_bar_html(month, highest) for month in trend)
    return f"<div class='ln-trend' aria-hidden='true'>{bars}</div>"


def _bar_html(month: Trend, highest: float) -> str:
    """A month's bar: nothing is a low one, no value an empty place."""
    height = 0 if month.value is None else max(abs(float(month.value)) / highest * 100, 4)
    pale = " ln-pale" if month.is_estimate else ""
    return (
        f"<span class='ln-bar{pale}' title='{escape(month.text)}' "
        f"style='height:{height:.0f}%'></span>"
    )


def table_html(table: Table) -> str:
    """A table that scrolls inside its own frame, sideways on a phone."""
    if not table.rows:
        return note_html(Note("There is nothing to list for what is chosen.", "empty"))
    heads = "".join(
        f"<th scope='col'{_align(column)}>{escape(column.name)}</th>" for column in table.columns
    )
    rows = "".join(f"<tr>{_row_html(table, row)}</tr>" for row in table.rows)
    total = f"<tfoot><tr>{_row_html(table, table.total)}</tr></tfoot>" if table.total else ""
    caption = f"<p class='ln-caption'>{escape(table.caption)}</p>" if table.caption else ""
    return (
        f"<div class='ln-scroll' tabindex='0' role='region' aria-label='{escape(table.name)}'>"
        f"<table class='ln-table'><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody>{total}"
        f"</table></div>{caption}"
    )


def _row_html(table: Table, row: Sequence[object]) -> str:
    cells = []
    for value, column in zip(row, table.columns, strict=True):
        text = cell_text(value, column.kind)
        looks = " class='ln-text'" if len(text) > LONG_TEXT else _align(column)
        state = next((code for code, name in STATES.items() if name == value), None)
        shown = _state_html(state) if column.name == "State" and state else escape(text)
        cells.append(f"<td{looks}>{shown}</td>")
    return "".join(cells)


def _align(column: Column) -> str:
    if column.is_number:
        return " class='ln-number'"
    return " class='ln-short'" if column.kind in {"month", "instant"} else ""
