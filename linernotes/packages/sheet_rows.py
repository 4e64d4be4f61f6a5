"""Rows of worksheets as XML: DuckDB writes their text, and Python puts it into the workbook.

A package has millions of cells, too many for one call each. `sheets` defines the formats of cells;
`workbook` and `workbook_cover` define their content.
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
# Spreadsheets have no day before 1900, and disagree about its first two months: earlier days are
# written as text.
FIRST_SHEET_DAY = "1900-03-01"
DAYS_TO_1970, DAY_MICROSECONDS = 25_569, "86400000000.0"
MOST_CELL_CHARACTERS = 32_767
# Texts that XML, or a reader of workbooks, would change: control characters, texts that look like
# the escape of one, and blanks at the ends.
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
        value: SQL of the value; null becomes an empty cell.
        kind: The type of the cell. A day may have a time.
        style: The format of the cells.
        words: The text for each code; a code without a text is shown as it is.
        currency: SQL of the currency of amounts; `by_currency` has the format of each.
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
    """Rows of one sheet, below the heading that the library has written.

    Attributes:
        connection: Where to run the query.
        relation: SQL after `from`, including the order of the rows.
        values: The values of its parameters.
        count: The number of rows; at least one.
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
        """Every style once, in the order of the row of specimens."""
        return list(dict.fromkeys(style for cells in self.cells for style in cells.styles))

    def write(self, file: IO[bytes], sheet: str) -> None:
        """Writes a sheet with its rows.

        Args:
            file: The file to write to.
            sheet: The XML of the sheet, which ends with a row of one empty cell per style.
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
                f"when {literal(code)} then {literal(escape(phrase))}"
                for code, phrase in cells.words.items()
            )
            text = f"case {value} {cases} else {text} end"
        written = words(text)
    return f"case when {value} is null then '' else {written} end"


def _with_care(line: str) -> str:
    """A row with a text that XML or a reader of workbooks would change."""
    line = ESCAPE_LIKE.sub(r"_x005F\1", line)
    line = CONTROL.sub(lambda found: f"_x{ord(found[1]):04X}_", line)
    return line.replace("<t>", '<t xml:space="preserve">')
