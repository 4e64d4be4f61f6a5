"""Checks the cells of a DSR record: how many there are, and the value of each.

`records` has the standard's rules for single cells.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache

from stdnum.iso7064 import mod_37_36

from linernotes.ddex import records
from linernotes.ddex.allowed_values import LISTS
from linernotes.ddex.findings import Findings, Row, day_of
from linernotes.ddex.records import RECORDS, Cell

DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
INTEGER = re.compile(r"-?[0-9]+")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
# Cells that may be negative: returns and reversals, and the balance after them.
MAY_BE_NEGATIVE = re.compile(
    r"Allocated|NetUsage|Fee|FinalTotal|NetRevenue|Calculat|Deductions|Generations|Plays"
)


def named_cells(found: Findings, number: int, text: str) -> Row | None:
    """A record by cell name, each cell checked by its rule; None if the cells cannot be identified.

    Unknown record types have no cell names. A record that matches a simple pattern, as almost all
    do, is not checked cell by cell.
    """
    cells = text.split("\t")
    described = RECORDS.get(cells[0])
    if described is None:
        return None
    if _plainly_right(cells[0]).fullmatch(text):
        return dict(zip(_names(cells[0]), cells, strict=True))
    # Spreadsheets pad all rows to the same width.
    while len(cells) > len(described) and not cells[-1]:
        cells = cells[:-1]
    if len(cells) != len(described):
        details = f"line {number}: {cells[0]} has {len(cells)} cells, not {len(described)}"
        found.report("cell_count_agrees", details)
        return None
    for cell, text in zip(described, cells, strict=True):
        if text or cell.required:
            for rule, details in cell_faults(cell, text):
                found.report(rule, f"line {number}: {cell.name} {details}")
    return dict(zip((cell.name for cell in described), cells, strict=True))


@cache
def _names(record_type: str) -> tuple[str, ...]:
    return tuple(cell.name for cell in RECORDS[record_type])


@cache
def _plainly_right(record_type: str) -> re.Pattern[str]:
    """A pattern for records in which no cell has a fault.

    It may be stricter than `cell_faults`, which then decides, but never less strict.
    """
    return re.compile("\t".join(map(plainly_right_cell, RECORDS[record_type])))


def plainly_right_cell(cell: Cell) -> str:
    if cell.kind in LISTS:
        value = "|".join(re.escape(one) for one in sorted(LISTS[cell.kind]))
    else:
        value = PLAIN.get(cell.kind, NEVER)
        if cell.kind in {records.INTEGER, records.DECIMAL} and MAY_BE_NEGATIVE.search(cell.name):
            value = f"-?{value}"
    several = f"(?:{value})" + (f"(?:\\|(?:{value}))*" if cell.many else "")
    return several if cell.required else f"(?:{several})?"


def cell_faults(cell: Cell, text: str) -> Iterator[tuple[str, str]]:
    if not text:
        if cell.required:
            yield "cell_is_filled", "is empty"
        return
    if "\\" in text or any(ord(character) < 0x20 for character in text):
        yield "value_holds_no_delimiter", f"{text!r} holds an escape or a control character"
    if "|" in text and not cell.many:
        yield "value_holds_no_delimiter", f"{text!r} holds several values"
    for value in text.split("|") if cell.many else [text]:
        if value != value.strip():
            yield "value_has_no_blanks_around", repr(value)
        elif cell.kind in LISTS:
            if value not in LISTS[cell.kind]:
                yield "value_is_on_the_list", f"{value!r} is no {cell.kind} that is agreed"
        elif not _KINDS[cell.kind](value):
            yield "value_is_of_its_kind", f"{value!r} is no {cell.kind}"
        elif _is_negative(value) and not MAY_BE_NEGATIVE.search(cell.name):
            yield "number_is_not_negative", value


def _is_negative(value: str) -> bool:
    return value.startswith("-") and DECIMAL.fullmatch(value) is not None


def _is_day(value: str) -> bool:
    return day_of(value) is not None


def _is_instant(value: str) -> bool:
    if not INSTANT.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_dpid(value: str) -> bool:
    return bool(re.fullmatch(r"PADPIDA[0-9]{10}[0-9A-Z]", value)) and mod_37_36.is_valid(value)


_KINDS: dict[str, Callable[[str], bool]] = {
    records.TEXT: lambda value: True,
    records.INTEGER: lambda value: INTEGER.fullmatch(value) is not None,
    records.DECIMAL: lambda value: DECIMAL.fullmatch(value) is not None,
    records.BOOLEAN: lambda value: value.lower() in {"true", "false"},
    records.DATE: _is_day,
    records.DATE_TIME: _is_instant,
    records.DURATION: lambda value: re.fullmatch(r"PT(\d+H)?(\d+M)?(\d+S)?", value) is not None,
    records.DPID: _is_dpid,
    records.ISRC: lambda value: re.fullmatch(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}", value) is not None,
    records.ISWC: lambda value: re.fullmatch(r"T[0-9]{10}", value) is not None,
    records.NAMESPACED: lambda value: re.fullmatch(r"[^:]+::.+", value) is not None,
    records.SERVICE: lambda value: not re.search(r"[\s_]", value),
}


# A text without delimiters, without blanks around it, and not a negative number.
INSIDE, END = r"[^\x00-\x1f\\|]", r"[^\x00-\x1f\\|\s]"
NEVER = "(?!)"
PLAIN = {
    records.TEXT: f"(?!-){END}(?:{INSIDE}*{END})?",
    records.INTEGER: "[0-9]+",
    records.DECIMAL: r"[0-9]+(?:\.[0-9]+)?",
    records.BOOLEAN: "true|false",
    records.DATE: r"[12][0-9]{3}-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|1[0-9]|2[0-8]))?",
    records.ISRC: "[A-Z]{2}[A-Z0-9]{3}[0-9]{7}",
    records.ISWC: "T[0-9]{10}",
    records.NAMESPACED: r"(?!-)[^\x00-\x1f\\|\s:]+::[^\x00-\x1f\\|\s]+",
    records.SERVICE: r"(?!-)[^\x00-\x1f\\|\s_]+",
}
