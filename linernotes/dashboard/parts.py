"""What a page is made of, as plain data: the screen, the PDF and the downloads show the same parts.

How a part looks is `screen`'s and `printing`'s; which parts a page has is the page's.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

import altair as alt

from linernotes.base.money import exact_text
from linernotes.dashboard import formats
from linernotes.packages import escaped_cell

Kind = Literal["text", "month", "money", "count", "share", "seconds", "days", "instant"]
NUMBERS = {"money", "count", "share", "seconds", "days"}
# What an amount or a figure of people is worth: it is fixed, or it may still move.
State = Literal["issued", "estimate", "mixed"]
STATES: dict[State, str] = {
    "issued": "Issued",
    "estimate": "Estimate",
    "mixed": "Partly estimate",
}


@dataclass(frozen=True)
class Heading:
    """What comes next, and what it is about."""

    text: str
    about: str = ""


@dataclass(frozen=True)
class Note:
    """A sentence. A warning asks for something; an empty state says why there is nothing."""

    text: str
    kind: Literal["plain", "warning", "empty", "good"] = "plain"


@dataclass(frozen=True)
class Trend:
    """A month's bar on a card: how high, what it says, whether it is an estimate."""

    value: Decimal | int | None
    text: str
    is_estimate: bool


@dataclass(frozen=True)
class Card:
    """One figure.

    Attributes:
        label: What it is, with the currency where it is money.
        value: The figure as text.
        note: What it is compared with, or what it covers.
        meaning: Its definition.
        state: Whether its month is issued.
        period: Of which months it is.
        as_of: When it was known.
        trend: The same figure by month, as small bars.
    """

    label: str
    value: str
    note: str = ""
    meaning: str = ""
    state: State | None = None
    period: str = ""
    as_of: str = ""
    trend: Sequence[Trend] = ()


@dataclass(frozen=True)
class Cards:
    cards: Sequence[Card]


@dataclass(frozen=True)
class Column:
    name: str
    kind: Kind = "text"

    @property
    def is_number(self) -> bool:
        return self.kind in NUMBERS


@dataclass(frozen=True)
class Table:
    """Rows of values; a money cell is `Money`, no value is None.

    Attributes:
        name: What its download is called.
        columns: Names and kinds.
        rows: Cells in the order of the columns.
        total: The row of the whole, asked for as such, never added up here.
        caption: Which months, issued or not, and as of when.
    """

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    total: Sequence[Any] = ()
    caption: str = ""


@dataclass(frozen=True)
class Chart:
    """A drawing of a table, which stands beside it or, where it is wide, below.

    Attributes:
        spec: The drawing.
        alt: What it shows, in words.
        table: Its figures.
    """

    spec: alt.Chart | alt.LayerChart
    alt: str
    table: Table


Part = Heading | Note | Cards | Table | Chart


def cell_text(value: Any, kind: Kind) -> str:
    """A cell as people read it."""
    if value is None:
        return formats.NONE
    if isinstance(value, str):  # a code's words, or the head of a row of totals
        return value
    shown = {
        "text": str,
        "month": formats.month_text,
        "money": formats.money_text,
        "count": formats.count_text,
        "share": formats.share_text,
        "seconds": formats.seconds_text,
        "days": formats.days_text,
        "instant": formats.instant_text,
    }
    return shown[kind](value)


def table_csv(table: Table) -> bytes:
    """The table with every digit, safe to open in a spreadsheet.

    An amount takes two cells, the second its currency.
    """
    heads: list[str] = []
    for column in table.columns:
        heads += (
            [column.name, f"{column.name}, currency"] if column.kind == "money" else [column.name]
        )
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([escaped_cell(head) for head in heads])
    for row in table.rows:
        writer.writerow(
            [
                cell
                for value, column in zip(row, table.columns, strict=True)
                for cell in _csv_cells(value, column)
            ]
        )
    return text.getvalue().encode("utf-8-sig")


def _csv_cells(value: Any, column: Column) -> list[str]:
    if column.kind == "money":
        return ["", ""] if value is None else [_plain(value.amount), value.currency_code]
    return [escaped_cell(value) if isinstance(value, str) else _plain(value)]


def _plain(value: Decimal | int | date | datetime | None) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return exact_text(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return f"{value:%Y-%m}"
    return str(value)
