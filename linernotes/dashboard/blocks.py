"""The blocks of a page as plain data, which screen, board pack and CSV files share.

The templates and `board_pack` decide the layout of a block; each page decides its blocks.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from linernotes.base.money import exact_text
from linernotes.dashboard import formats
from linernotes.packages import escaped_cell

Kind = Literal[
    "text", "month", "date", "money", "count", "share", "seconds", "days", "instant", "number"
]
NUMBERS = {"money", "count", "share", "seconds", "days", "number"}
# Rows beyond this number are only in the CSV file; a list that continues elsewhere shows fewer.
MOST_ROWS, FIRST_ROWS = 60, 20
# The status of an amount: final, or still subject to change.
State = Literal["issued", "estimate", "mixed"]
STATES: dict[State, str] = {
    "issued": "Issued",
    "estimate": "Estimate",
    "mixed": "Includes estimates",
}
Verdict = Literal["on_target", "at_risk", "broken", "cannot_tell"]
VERDICTS: dict[str, str] = {
    "on_target": "On target",
    "at_risk": "At risk",
    "broken": "Broken",
    "cannot_tell": "Cannot tell",
}


class Link(NamedTuple):
    """A value with a link to the page or rows behind it."""

    value: Any
    href: str


@dataclass(frozen=True)
class Heading:
    """The heading of the following blocks, with their subject; see `Table` for `is_on_screen`."""

    text: str
    about: str = ""
    is_on_screen: bool = False


@dataclass(frozen=True)
class Note:
    """A sentence. A warning requires action; an empty state explains why there are no data.

    See `Table` for `is_on_screen`.
    """

    text: str
    kind: Literal["plain", "warning", "empty", "good"] = "plain"
    is_on_screen: bool = False


@dataclass(frozen=True)
class Sentence:
    """Where we stand, in one sentence: texts, and links as `Link`."""

    parts: Sequence[str | Link]


@dataclass(frozen=True)
class Tile:
    """One promise.

    Attributes:
        name: The promise.
        verdict: Its verdict.
        figure: The value that decides the verdict, with its name.
        target: The target, and its owner.
        change: The change from the previous month.
        since: First month of the verdict.
        href: The address of the details.
        reason: Why it misses its target, if one line can explain it.
    """

    name: str
    verdict: Verdict
    figure: Link
    measure: str
    target: str
    change: str
    since: str
    href: str
    reason: str = ""


@dataclass(frozen=True)
class Tiles:
    tiles: Sequence[Tile]


@dataclass(frozen=True)
class Point:
    """A month on a time line."""

    month: date
    value: Decimal | int | None
    text: str
    is_estimate: bool = False
    is_in_progress: bool = False
    href: str = ""


@dataclass(frozen=True)
class Card:
    """One figure of the headline month.

    Attributes:
        label: Its name.
        value: The figure as text, and its link.
        exact: The exact figure, if `value` is abbreviated; the counts of a share of few things.
        meaning: Its definition.
        changes: Changes from the previous month, quarter and year.
        target: The target, if one is set.
        note: Its scope.
        points: The months up to the headline.
        is_estimate: Whether its month may still change.
    """

    label: str
    value: Link
    exact: str = ""
    meaning: str = ""
    changes: Sequence[str] = ()
    target: str = ""
    note: str = ""
    points: Sequence[Point] = ()
    is_estimate: bool = False


@dataclass(frozen=True)
class Cards:
    cards: Sequence[Card]
    is_large: bool = False


@dataclass(frozen=True)
class Column:
    name: str
    kind: Kind = "text"

    @property
    def is_number(self) -> bool:
        return self.kind in NUMBERS

    @property
    def is_short(self) -> bool:
        """Whether a cell is never broken into two lines."""
        return self.kind in {"month", "date"}


@dataclass(frozen=True)
class Table:
    """Rows of values; a money cell is `Money`, a missing value is None, a cell may be a `Link`.

    Attributes:
        name: The name of its CSV file.
        title: Its caption.
        columns: Names and kinds; the first column is the heading of its row.
        rows: Cells in the order of the columns.
        total: The total row.
        note: What the reader has to know.
        is_on_screen: Whether a page that has to fit on one sheet omits it.
        row_limit: The number of rows that a page shows; the CSV file has all.
        more: The address of the page with all rows, if there is one.
        is_behind: Whether the screen shows it only on demand; paper always has it.
    """

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    total: Sequence[Any] = ()
    note: str = ""
    is_on_screen: bool = False
    row_limit: int = MOST_ROWS
    more: str = ""
    is_behind: bool = False


@dataclass(frozen=True)
class Bar:
    """A bar: its name, its length, its label, and its link."""

    name: str
    value: Decimal | int | None
    text: str
    href: str = ""


@dataclass(frozen=True)
class Bars:
    """Horizontal bars, the longest first, with their table behind a disclosure."""

    title: str
    bars: Sequence[Bar]
    table: Table


@dataclass(frozen=True)
class Event:
    """A known event on a time line."""

    day: date
    name: str


@dataclass(frozen=True)
class TimeLine:
    """Months side by side: columns for amounts and counts, a line for shares.

    Attributes:
        title: The measure, with its unit.
        points: The months in order.
        is_share: Whether values are shares of 1.
        target: The target.
        target_text: The same in words.
        events: Known events of these months.
        table: The figures.
    """

    title: str
    points: Sequence[Point]
    is_share: bool
    table: Table
    target: Decimal | None = None
    target_text: str = ""
    events: Sequence[Event] = ()


@dataclass(frozen=True)
class Step:
    """A step of the bridge."""

    name: str
    amount: Decimal
    is_result: bool
    href: str = ""


@dataclass(frozen=True)
class Bridge:
    """Steps from net revenue to the amount due; the steps before a result sum to it."""

    title: str
    currency_code: str
    steps: Sequence[Step]
    note: str = ""


@dataclass(frozen=True)
class Item:
    """Something that needs attention.

    Attributes:
        what: Its title, with a link to its rows.
        amount: The amount at stake, as text; the number of items if no money is at stake.
        count: The number of items.
        owner: The person or team who acts next.
        due: The due date.
        since: The date since which it is open.
        next_step: The step that resolves it.
        is_overdue: Whether the due date has passed.
        sort_key: By amount at stake, then by age.
    """

    what: Link
    amount: str
    count: int
    owner: str
    next_step: str
    due: date | None = None
    since: date | None = None
    is_overdue: bool = False
    sort_key: tuple[Any, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Attention:
    """Items in order; `more` is the address of the full list."""

    items: Sequence[Item]
    total_count: int
    more: str = ""


@dataclass(frozen=True)
class Split:
    """Two groups of blocks side by side, if there is enough space."""

    left: Sequence[Any]
    right: Sequence[Any]


@dataclass(frozen=True)
class Facts:
    """A record: names and values."""

    title: str
    facts: Sequence[tuple[str, Any, Kind]]


Block = (
    Heading
    | Note
    | Sentence
    | Tiles
    | Cards
    | Table
    | Bars
    | TimeLine
    | Bridge
    | Attention
    | Split
    | Facts
)


def value_of(cell: Any) -> Any:
    """The value of a cell, without its link."""
    return cell.value if isinstance(cell, Link) else cell


def cell_text(cell: Any, kind: Kind) -> str:
    """A cell as displayed text."""
    value = value_of(cell)
    if value is None:
        return formats.NONE
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, formats.Money):
        return formats.money_text(value)
    if isinstance(value, datetime):
        return formats.instant_text(value)
    if isinstance(value, date) and kind != "month":
        return formats.date_text(value)
    shown = {
        "text": str,
        "month": formats.month_text,
        "count": formats.count_text,
        "share": formats.share_text,
        "seconds": formats.seconds_text,
        "days": formats.days_text,
        "number": formats.number_text,
    }
    return shown.get(kind, str)(value)


def table_csv(table: Table, about: Sequence[tuple[str, str]]) -> bytes:
    """The table with all digits, safe to open in a spreadsheet, preceded by its description.

    An amount takes two cells, the second with its currency.
    """
    heads: list[str] = []
    for column in table.columns:
        heads += (
            [column.name, f"{column.name}, currency"] if column.kind == "money" else [column.name]
        )
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    for name, value in about:
        writer.writerow([escaped_cell(name), escaped_cell(value)])
    writer.writerow([])
    writer.writerow([escaped_cell(head) for head in heads])
    for row in table.rows:
        writer.writerow(
            [
                cell
                for value, column in zip(row, table.columns, strict=True)
                for cell in _csv_cells(value_of(value), column)
            ]
        )
    return text.getvalue().encode("utf-8-sig")


def _csv_cells(value: Any, column: Column) -> list[str]:
    if column.kind == "money":
        return ["", ""] if value is None else [_plain(value.amount), value.currency_code]
    return [escaped_cell(value) if isinstance(value, str) else _plain(value, column.kind)]


def _plain(value: Any, kind: Kind = "text") -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return exact_text(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return f"{value:%Y-%m}" if kind == "month" else value.isoformat()
    return str(value)
