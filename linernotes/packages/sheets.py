"""Worksheets and cell formats of a workbook: how cells are written, not their content."""

import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from linernotes.base.money import minor_unit_digits
from linernotes.ledger.records import ISSUED, StatementRecord, month_start
from linernotes.packages.manifest import package_state
from linernotes.packages.sheet_rows import Cells, Rows

A4 = 9
FONT = "Calibri"
INK, PAPER, RULE, ALARM, LINK = "#1F2A44", "#FFFFFF", "#C9CFDB", "#B3261E", "#0B57A4"
# The indent separates a number from the text of the next column.
RIGHT = {"align": "right", "indent": 1}
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
# A higher level is much slower, and the file hardly smaller.
COMPRESSION = 3


class Styles:
    """The cell formats of one workbook, each created once."""

    def __init__(self, workbook: xlsxwriter.Workbook) -> None:
        self._workbook = workbook
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}
        self.title = self._make(bold=True, font_size=16, font_color=INK)
        self.notice = self._make(bold=True, font_size=12, font_color=PAPER, bg_color=ALARM)
        self.section = self._make(bold=True, font_size=12, font_color=INK)
        self.label = self._make(font_color="#5B6478")
        self.link = self._make(font_color=LINK, underline=1)
        self.text = self._make()
        self.text_right = self._make(**RIGHT)
        heading = {"bold": True, "font_color": PAPER, "bg_color": INK, "valign": "vcenter"}
        self.heading = self._make(**heading, text_wrap=True)
        self.number_heading = self._make(**heading, text_wrap=True, **RIGHT)
        self.month = self._make(num_format="yyyy-mm", align="left")
        self.date = self._make(num_format="yyyy-mm-dd", align="left")
        self.instant = self._make(num_format="yyyy-mm-dd hh:mm:ss", align="left")
        self.whole = self._make(num_format="#,##0", **RIGHT)
        self.ordinal = self._make(num_format="0", **RIGHT)
        self.ratio = self._make(num_format="0.0%", **RIGHT)
        self.total_text = self._make(bold=True, top=1)

    def money(self, currency_code: str | None, *, total: bool = False) -> Format:
        """An amount with the decimals of its currency."""
        return self.decimal(minor_unit_digits(currency_code or ""), total=total)

    def decimal(self, digits: int, *, total: bool = False) -> Format:
        number = "#,##0" + ("." + "0" * digits if digits else "")
        emphasis = {"bold": True, "top": 1} if total else {}
        return self._make(num_format=f"{number};[Red]-{number}", **RIGHT, **emphasis)

    def _make(self, **properties: Any) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format({"font_name": FONT} | properties)
        return self._made[key]


class Book:
    """A workbook that is built in memory; the same sheets give the same bytes."""

    def __init__(self, title: str, statements: list[StatementRecord], mark: str) -> None:
        """Creates an empty workbook.

        Args:
            title: The title in its properties.
            statements: Those of the month; at least one.
            mark: Ties it to its package; a keyword in its properties.
        """
        self._statements = statements
        self._content = BytesIO()
        self._workbook = xlsxwriter.Workbook(self._content, OPTIONS)
        self._sheets: list[Sheet] = []
        first_day = month_start(statements[0].report_month)
        self._workbook.set_properties(
            {
                "title": title,
                "author": "Linernotes",
                "keywords": mark,
                "status": package_state(statements),
                "created": datetime(first_day.year, first_day.month, 1),
            }
        )
        self.styles = Styles(self._workbook)

    def add_sheet(self, title: str) -> "Sheet":
        sheet = Sheet(self._workbook.add_worksheet(title), self.styles, self._statements)
        self._sheets.append(sheet)
        return sheet

    def write(self, path: Path) -> None:
        """Finishes the workbook, with the rows that DuckDB writes, and writes the file."""
        self._workbook.close()
        with_rows = {
            f"xl/worksheets/sheet{number}.xml": sheet.rows
            for number, sheet in enumerate(self._sheets, start=1)
            if sheet.rows
        }
        # In memory first: if the disk is full, the archive prints a traceback of its own.
        content = BytesIO()
        with (
            zipfile.ZipFile(self._content) as made,
            zipfile.ZipFile(
                content, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION
            ) as archive,
        ):
            for name in made.namelist():
                # An entry opened by name has the archive's compression and no time of its own.
                with archive.open(name, "w") as file:
                    if rows := with_rows.get(name):
                        rows.write(file, made.read(name).decode())
                    else:
                        file.write(made.read(name))
        path.write_bytes(content.getbuffer())


class Sheet:
    """One worksheet, written from top to bottom.

    Attributes:
        rows: The rows that DuckDB writes, below all others.
    """

    def __init__(
        self, worksheet: Worksheet, styles: Styles, statements: list[StatementRecord]
    ) -> None:
        self.worksheet = worksheet
        self.styles = styles
        self.row = 0
        self.rows: Rows | None = None
        first, state = statements[0], package_state(statements)
        title = f"{first.partner_id} · {first.report_month}".replace("&", "&&")
        worksheet.set_header(f'&L{title}&C&"{FONT},Bold"{state.upper()}&R&A')
        worksheet.set_footer("&CPage &P of &N")
        worksheet.set_landscape()
        worksheet.set_paper(A4)
        worksheet.hide_gridlines(2)
        worksheet.set_tab_color(INK if state == ISSUED else ALARM)

    def write(self, cells: Iterable[tuple[Any, Format]]) -> None:
        """Writes one row of texts and numbers; a text never becomes a formula."""
        for position, (value, style) in enumerate(cells):
            if value is None:
                self.worksheet.write_blank(self.row, position, None, style)
            elif isinstance(value, datetime):
                self.worksheet.write_datetime(self.row, position, value, style)
            elif isinstance(value, date):
                moment = datetime(value.year, value.month, value.day)
                self.worksheet.write_datetime(self.row, position, moment, style)
            elif isinstance(value, str):
                self.worksheet.write_string(self.row, position, value, style)
            else:
                self.worksheet.write_number(self.row, position, float(value), style)
        self.row += 1

    def fill(
        self,
        connection: duckdb.DuckDBPyConnection,
        relation: str,
        values: Sequence[Any],
        cells: Sequence[Cells],
        count: int,
    ) -> None:
        """Lets DuckDB write the remaining rows; nothing can be written below them.

        Args:
            connection: Where to query them; it must be open until the workbook is written.
            relation: SQL after `from`, including the order of the rows.
            values: The values of its parameters.
            cells: One for each column.
            count: The number of rows.
        """
        if count:
            self.rows = Rows(connection, relation, values, cells, count, self.row + 1)
            self.write((None, style) for style in self.rows.styles)
        self.row += count - bool(count)

    def skip(self) -> None:
        self.row += 1

    def headings(self, names: Iterable[str], texts: int) -> None:
        """Writes a row of headings; those after the first `texts` head columns of numbers."""
        self.write(
            (name, self.styles.heading if position < texts else self.styles.number_heading)
            for position, name in enumerate(names)
        )

    def link(self, position: int, title: str) -> None:
        """Puts a link to another sheet into the last written row."""
        self.worksheet.write_url(
            self.row - 1, position, f"internal:'{title}'!A1", self.styles.link, title
        )

    def print_area(self, last_column: int) -> None:
        """Sets the print area: the rows written so far, up to a column."""
        self.worksheet.print_area(0, 0, max(self.row - 1, 0), last_column)
