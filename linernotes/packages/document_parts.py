"""The parts that a statement's PDF is made of, as plain data for the template.

Everything is text by now: the template can round nothing. What stands where is `document`'s.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from linernotes.base.money import money_text
from linernotes.packages.fonts import readable

Part = dict[str, Any]
# A column's name begins with this where its cells are numbers.
NUMBER = "#"
# The column of a table that takes the room that is left.
WIDE = "*"


def heading(text: str, level: int = 2) -> Part:
    return {"kind": "heading", "level": level, "text": text}


def paragraph(text: str) -> Part:
    return {"kind": "text", "text": text}


def chart(svg: str, alt: str) -> Part:
    return {"kind": "chart", "svg": svg, "alt": alt}


def boxes(named: Iterable[tuple[str, str, str]], first_stands_out: bool = True) -> Part:
    """Figures in boxes: name, value, note."""
    listed = [
        {"name": name, "value": value, "note": note, "is_first": first_stands_out and not index}
        for index, (name, value, note) in enumerate(named)
    ]
    return {"kind": "boxes", "boxes": listed}


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], total: Sequence[str] = ()) -> Part:
    """A table; `#` before a column's name means numbers, `*` that it takes the room left."""
    return {
        "kind": "table",
        "columns": [
            {
                "name": name.lstrip(NUMBER + WIDE),
                "is_number": name.startswith(NUMBER),
                "is_wide": name.startswith(WIDE),
            }
            for name in columns
        ],
        "rows": [[readable(cell) for cell in row] for row in rows],
        "total": list(total),
    }


def money(amount: Decimal, currency_code: str) -> str:
    """An amount with a comma per thousand: 136,574.00; a true minus sign in front."""
    text = money_text(amount, currency_code)
    whole, point, rest = text.removeprefix("-").partition(".")
    return ("−" if text.startswith("-") else "") + f"{int(whole):,}{point}{rest}"


def count(number: int | None) -> str:
    """A count, or a dash where there is none to show."""
    return "–" if number is None else f"{number:,}"


def rate(part: int | None, whole: int | None) -> str:
    """A rate with the pair that it is made of: 12.5 % (1 of 8)."""
    if not whole or part is None:
        return "–"
    share = Decimal(part * 100) / Decimal(whole)
    return f"{share:.1f} % ({part:,} of {whole:,})"
