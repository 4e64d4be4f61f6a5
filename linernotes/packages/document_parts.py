"""The parts of a statement's PDF, as plain data for the template.

All values are text, so the template cannot round. `document` decides the order of the parts.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from linernotes.base.money import money_text
from linernotes.packages.fonts import readable

Part = dict[str, Any]
# The prefix of the name of a column with numbers.
NUMBER = "#"
# The prefix of the name of the column that takes the remaining width.
WIDE = "*"
# In points: the width of an A4 page between its margins; a table's text size, cell padding and
# character widths.
PAGE_WIDTH, TEXT_SIZE, INSET = 493.0, 8.0, 12.0
NUMBER_POINTS, TEXT_POINTS, NARROW_POINTS, BROAD_POINTS = 5.3, 4.9, 2.7, 5.3
# The headings of numbers take more lines if the columns would take more than this part of the page;
# the last is a line for each word.
ROOMY, HEAD_LINES = 0.95, (1, 2, 3, 9)
# A longer text wraps, in a column of at least the second width.
SHORT_TEXT, LEAST_OF_TEXT, MOST_OF_TEXT = 78.0, 60.0, 180.0


def heading(text: str, level: int = 2) -> Part:
    return {"kind": "heading", "level": level, "text": text}


def paragraph(text: str) -> Part:
    return {"kind": "text", "text": text}


def page_break() -> Part:
    return {"kind": "page"}


def chart(svg: str, alt: str) -> Part:
    return {"kind": "chart", "svg": svg, "alt": alt}


def boxes(named: Iterable[tuple[str, str, str]], first_stands_out: bool = True) -> Part:
    """Figures in boxes: name, value, note."""
    listed = [
        {"name": name, "value": value, "note": note, "is_first": first_stands_out and not index}
        for index, (name, value, note) in enumerate(named)
    ]
    return {"kind": "boxes", "boxes": listed}


def head(parties: Iterable[tuple[str, list[str]]], facts: Iterable[tuple[str, str]]) -> Part:
    """Payer and payee, each with address lines, and the details for filing the statement."""
    return {
        "kind": "head",
        "parties": [
            {"name": name, "lines": [readable(line) for line in lines]} for name, lines in parties
        ],
        "facts": [{"name": name, "value": readable(value)} for name, value in facts],
    }


def band(name: str, value: str, note: str) -> Part:
    """The one main figure, across the page."""
    return {"kind": "band", "name": name, "value": value, "note": note}


def table(
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    total: Sequence[str] = (),
    strong: Sequence[int] = (),
) -> Part:
    """A table; `#` before a column's name means numbers, `*` that it takes the remaining width.

    `strong` are the rows, counted from 0, that are sums of the rows above them.
    """
    shown = [[readable(cell) for cell in row] for row in rows]
    summed = [readable(cell) for cell in total]
    named = [name.lstrip(NUMBER + WIDE) for name in columns]
    cells = [
        [row[at] for row in (*shown, *([summed] if summed else []))] for at in range(len(named))
    ]

    def widths_if(head_lines: int) -> tuple[list[tuple[float, str]], float]:
        widths = [_width(named[at], cells[at], name, head_lines) for at, name in enumerate(columns)]
        return widths, sum(one if unit == "pt" else LEAST_OF_TEXT for one, unit in widths)

    for head_lines in HEAD_LINES:
        widths, wanted = widths_if(head_lines)
        if wanted <= ROOMY * PAGE_WIDTH:
            break
    # Never wider than the page: a table that would be is set in smaller type.
    scale = min(1, PAGE_WIDTH / wanted)
    return {
        "kind": "table",
        "size": round(TEXT_SIZE * scale, 2),
        "columns": [
            {
                "name": shown_name,
                "is_number": name.startswith(NUMBER),
                "width": round(width * scale, 1),
                "unit": unit,
            }
            for name, shown_name, (width, unit) in zip(columns, named, widths, strict=True)
        ],
        "rows": shown,
        "total": summed,
        "strong": list(strong),
    }


def _width(name: str, cells: Sequence[str], column: str, head_lines: int) -> tuple[float, str]:
    """A column's width: in points for numbers and short texts, else a part of the remainder."""
    if column.startswith(NUMBER):
        widest = max((_points(cell, NUMBER_POINTS) for cell in cells), default=0)
        return round(max(widest, _head_points(name, head_lines)) + INSET, 1), "pt"
    longest = max((_points(cell, TEXT_POINTS) for cell in (*cells, name)), default=0)
    if column.startswith(WIDE) or longest > SHORT_TEXT:
        return round(min(max(longest, LEAST_OF_TEXT), MOST_OF_TEXT), 1), "fr"
    return round(longest + INSET, 1), "pt"


def _head_points(name: str, most_lines: int) -> float:
    """The least width at which a heading takes at most so many lines, broken between words."""
    words = name.replace("-", "- ").split()
    if most_lines == 1 or len(words) <= 1:
        return _points(name, NUMBER_POINTS)
    return min(
        max(_points(" ".join(words[:first]), NUMBER_POINTS), rest)
        for first in range(1, len(words) + 1)
        for rest in [_head_points(" ".join(words[first:]), most_lines - 1)]
    )


def _points(text: str, wide: float) -> float:
    """The approximate width of a text at `TEXT_SIZE`, never too small: bold digits of one width.

    In other texts capitals are as wide as digits.
    """
    narrow = sum(one in ".,:;|' il" for one in text)
    full = sum(unicodedata.east_asian_width(one) in "WF" for one in text)
    broad = sum(one.isdigit() or one.isupper() for one in text)
    others = len(text) - narrow - full - broad
    points = others * wide + narrow * NARROW_POINTS + full * TEXT_SIZE
    return points + broad * max(wide, BROAD_POINTS)


def money(amount: Decimal, currency_code: str) -> str:
    """An amount with a comma per thousand: 136,574.00; a true minus sign if negative."""
    text = money_text(amount, currency_code)
    whole, point, rest = text.removeprefix("-").partition(".")
    return ("−" if text.startswith("-") else "") + f"{int(whole):,}{point}{rest}"


def count(number: int | None) -> str:
    """A count, or a dash if there is none."""
    return "–" if number is None else f"{number:,}"


def counted(number: int, noun: str) -> str:
    """A count with its noun: 1 line, 2 lines."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def rate(part: int | None, whole: int | None) -> str:
    """A rate with its two numbers: 12.5 % (1 of 8)."""
    if not whole or part is None:
        return "–"
    share = Decimal(part * 100) / Decimal(whole)
    return f"{share:.1f} % ({part:,} of {whole:,})"
