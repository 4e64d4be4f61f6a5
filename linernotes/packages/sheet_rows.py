"""Rows of worksheets as XML: the engine writes their text, and Python puts it into the workbook.

A package has millions of cells, too many for a call each. How cells look is in `sheets`, what
stands in them in `workbook` and `workbook_cover`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any, Literal
from xml.sax.saxutils import escape

import duckdb
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name

from linernotes.base.sql import literal

BATCH_ROWS = 5_000
# Spreadsheets have no day before 1900, and disagree about its first two months: what is earlier is
# written as text.
FIRST_SHEET_DAY = "1900-03-01"
DAYS_TO_1970, DAY_MICROSECONDS = 25_569, "86400000000.0"
MOST_CELL_CHARACTERS = 32_767
# Texts that XML, or a reader of workbooks, would change: control characters, what looks like the
# escape of one, and blanks at the ends.
NEEDS_CARE = r"[\x00-\x08\x0b-\x1f\x{fffe}\x{ffff}]|_x[0-9a-fA-F]{4}_|<t>\s|\s</t>"
ESCAPE_LIKE = re.compile(r"(_x[0-9a-fA-F]{4}_)")
CONTROL = re.compile("([\x00-\x08\x0b-\x1f\ufffe\uffff])")
DIMENSION = re.compile(r'<dimension ref="[^"]*"/>')
SPECIMENS = re.compile(r"<row [^>]*>((?:<c [^>]*/>)*)</row></sheetData>")
SPECIMEN = re.compile(r'<c r="[A-Z]+[0-9]+"(?: s="([0-9]+)")?/>')

Kind = Literal["text", "number", "boolean", "day"]


@dataclass(frozen=True)
class Cells:
    """One column of the rows.

    Attributes:
        value: SQL of the value; no value is an empty cell.
        kind: What becomes of it. A day may have a time.
        style: How the cells look.
        words: What stands in the place of a code; a code that is not among them stays.
        currency: SQL of the currency of amounts, whose cells look as `by_currency` says.
    """

    value: str
    kind: Kind
    style: Format
    words: Mapping[str, str] = field(default_factory=dict)
    currency: str = ""
    by_currency: Mapping[str, Format] = field(default_factory=dict)

    @property
    def styles(self) -> list[Format]:
        return [self.style, *self.by_currency.values()]


@dataclass(frozen=True)
class Rows:
    """Rows of one sheet, under the heading that the library has written.

    Attributes:
        connection: Where the rows are asked.
        relation: SQL behind `from`, the order of the rows included.
        values: Of its parameters.
        count: How many there are; at least one.
        first: The number of the first row in the sheet, counted from 1.
    """

    connection: duckdb.DuckDBPyConnection
    relation: str
    values: Sequence[Any]
    cells: Sequence[Cells]
    count: int
    first: int

    @property
    def styles(self) -> list[Format]:
        """Every style once, in the order in which a row of specimens has them."""
        return list(dict.fromkeys(style for cells in self.cells for style in cells.styles))

    def write(self, file: IO[bytes], sheet: str) -> None:
        """Writes a sheet with its rows.

        Args:
            file: Where to.
            sheet: The XML of the sheet, which ends with a row of an empty cell in each style.
        """
        found = SPECIMENS.search(sheet)
        if found is None:
            raise ValueError("the sheet does not end with the row of specimens")
        numbers = SPECIMEN.findall(found[1])
        marks = {
            style: f' s="{number}"' if number else ""
            for style, number in zip(self.styles, numbers, strict=True)
        }
        last = f"{xl_col_to_name(len(self.cells) - 1)}{self.first + self.count - 1}"
        before = DIMENSION.sub(f'<dimension ref="A1:{last}"/>', sheet[: found.start()], count=1)
        file.write(before.encode())
        for texts in self._texts(marks):
            file.write(texts.encode())
        file.write(f"</sheetData>{sheet[found.end() :]}".encode())

    def _texts(self, marks: Mapping[Format, str]) -> Iterator[str]:
        cursor = self.connection.execute(self._sql(marks), list(self.values))
        while batch := cursor.fetchmany(BATCH_ROWS):
            yield "".join(_with_care(line) if is_rare else line for line, is_rare in batch)

    def _sql(self, marks: Mapping[Format, str]) -> str:
        selected, written = [], []
        for at, cells in enumerate(self.cells):
            selected.append(f"{cells.value} as v{at}")
            if cells.currency:
                selected.append(f"{cells.currency} as k{at}")
            written.append(_cell_sql(at, cells, marks))
        return (
            f"with asked as (select {', '.join(selected)} from {self.relation}), "
            f"numbered as (select *, row_number() over () + {self.first - 1} as n from asked), "
            f"written as (select concat('<row r=\"', n, '\">', {', '.join(written)}, '</row>') "
            f"as line from numbered) select line, regexp_matches(line, '{NEEDS_CARE}') from written"
        )


def _cell_sql(at: int, cells: Cells, marks: Mapping[Format, str]) -> str:
    """SQL for the XML of one cell of row `n`."""
    value, start = f"v{at}", f"'<c r=\"{xl_col_to_name(at)}', n, '\"'"
    mark = f"'{marks[cells.style]}'"
    if cells.by_currency:
        cases = " ".join(
            f"when {literal(code)} then '{marks[style]}'"
            for code, style in cells.by_currency.items()
        )
        mark = f"case k{at} {cases} else {mark} end"

    def number(text: str) -> str:
        return f"concat({start}, {mark}, '><v>', {text}, '</v></c>')"

    def words(text: str) -> str:
        return f"concat({start}, {mark}, ' t=\"inlineStr\"><is><t>', {text}, '</t></is></c>')"

    if cells.kind == "number":
        written = number(value)
    elif cells.kind == "boolean":
        written = f"concat({start}, {mark}, ' t=\"b\"><v>', {value}::integer, '</v></c>')"
    elif cells.kind == "day":
        moment = f"epoch_us({value}::timestamp)"
        written = (
            f"case when {value} < timestamp '{FIRST_SHEET_DAY}' then {words(f'{value}::varchar')} "
            f"else {number(f'{moment} / {DAY_MICROSECONDS} + {DAYS_TO_1970}')} end"
        )
    else:
        short = (
            f"case when strlen({value}) > {MOST_CELL_CHARACTERS} "
            f"then left({value}, {MOST_CELL_CHARACTERS}) else {value} end"
        )
        text = f"replace(replace(replace({short}, '&', '&amp;'), '<', '&lt;'), '>', '&gt;')"
        if cells.words:
            cases = " ".join(
                f"when {literal(code)} then {literal(escape(said))}"
                for code, said in cells.words.items()
            )
            text = f"case {value} {cases} else {text} end"
        written = words(text)
    return f"case when {value} is null then '' else {written} end"


def _with_care(line: str) -> str:
    """A row in which something would not come through as it is."""
    line = ESCAPE_LIKE.sub(r"_x005F\1", line)
    line = CONTROL.sub(lambda found: f"_x{ord(found[1]):04X}_", line)
    return line.replace("<t>", '<t xml:space="preserve">')
