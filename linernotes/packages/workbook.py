"""The workbook of a package: a summary sheet, then one sheet per table, for people to read.

Amounts become binary numbers in any workbook, so nothing but its own totals is computed from it;
the data files and the manifest carry the decimals.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range_abs
from xlsxwriter.worksheet import Worksheet

from linernotes.base.money import minor_unit_digits
from linernotes.ledger.records import ISSUED, StatementRecord, month_start
from linernotes.packages import wording
from linernotes.packages.balance_terms import balance_rows
from linernotes.packages.manifest import package_state
from linernotes.packages.tables import Column, TableRows

# A sheet ends at 1,048,576 rows and is a burden long before; such tables stay in the data files.
MOST_SHEET_ROWS = 200_000
# Spreadsheets have no day before 1900, and disagree about its first two months: what is earlier is
# written as text.
FIRST_SHEET_MONTH = (1900, 3)
MOST_CELL_CHARACTERS = 32_767
NARROWEST, WIDEST, WIDEST_ID = 9, 44, 22
A4, COLUMNS_OF_A_PAGE = 9, 13
LAST_SUMMARY_COLUMN = 5
FONT = "Calibri"
INK, PAPER, RULE, ALARM = "#1F2A44", "#FFFFFF", "#C9CFDB", "#B3261E"
DRAFT_NOTICE = "DRAFT – not approved, no payment follows from it"
ISSUED_NOTICE = "ISSUED – it will not change; corrections come in later months"
# The indent keeps a number apart from the text of the next column.
RIGHT = {"align": "right", "indent": 1}
# Constant in a package, and said on the summary sheet.
COLUMNS_SAID_ONCE = {"partner_id", "report_month"}
WORDS = {"id": "ID", "isrc": "ISRC", "ai": "AI", "fx": "FX", "iswc": "ISWC", "p90": "90th pct."}
BREAKDOWNS = (
    ("By product", ("product_name",), ("Product",)),
    ("By territory", ("territory",), ("Territory",)),
    ("By kind of line", ("line_type", "hold_bucket"), ("Line type", "Held because of")),
)


def write_workbook(
    path: Path,
    partner_name: str,
    statements: list[StatementRecord],
    tables: list[TableRows],
    mark: str,
) -> None:
    """Writes the workbook of one partner and month; the same rows give the same bytes.

    `mark` ties it to its package and becomes a keyword in its properties.
    """
    first = statements[0]
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    # In memory first: the library's archive prints a traceback of its own when a disk is full.
    content = BytesIO()
    with xlsxwriter.Workbook(content, options) as workbook:
        first_day = month_start(first.report_month)
        workbook.set_properties(
            {
                "title": f"Statement {first.report_month} for {first.partner_id}",
                "author": "Linernotes",
                "keywords": mark,
                "status": package_state(statements),
                "created": datetime(first_day.year, first_day.month, 1),
            }
        )
        styles = Styles(workbook)
        counted = [(rows, rows.count()) for rows in tables]
        summary = Sheet(workbook.add_worksheet("Summary"), styles, statements)
        _write_summary(summary, partner_name, statements, counted)
        for rows, count in counted:
            if count <= MOST_SHEET_ROWS:
                sheet = Sheet(workbook.add_worksheet(rows.table.title), styles, statements)
                _write_table(sheet, rows, count)
    path.write_bytes(content.getbuffer())


class Styles:
    """The cell formats of one workbook, each made once."""

    def __init__(self, workbook: xlsxwriter.Workbook) -> None:
        self._workbook = workbook
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}
        self.title = self._make(bold=True, font_size=16, font_color=INK)
        self.notice = self._make(bold=True, font_size=12, font_color=PAPER, bg_color=ALARM)
        self.section = self._make(bold=True, font_size=12, font_color=INK)
        self.label = self._make(font_color="#5B6478")
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


class Sheet:
    """One worksheet, written from top to bottom."""

    def __init__(
        self, worksheet: Worksheet, styles: Styles, statements: list[StatementRecord]
    ) -> None:
        self.worksheet = worksheet
        self.styles = styles
        self.row = 0
        first, state = statements[0], package_state(statements)
        said = f"{first.partner_id} · {first.report_month}".replace("&", "&&")
        worksheet.set_header(f'&L{said}&C&"{FONT},Bold"{state.upper()}&R&A')
        worksheet.set_footer("&CPage &P of &N")
        worksheet.set_landscape()
        worksheet.set_paper(A4)
        worksheet.hide_gridlines(2)
        worksheet.set_tab_color(INK if state == ISSUED else ALARM)

    def write(self, cells: Iterable[tuple[Any, Format]]) -> None:
        """Writes one row of texts and numbers, a text never as a formula."""
        for position, (value, style) in enumerate(cells):
            if value is None:
                self.worksheet.write_blank(self.row, position, None, style)
            elif isinstance(value, str):
                self.worksheet.write_string(self.row, position, value, style)
            else:
                self.worksheet.write_number(self.row, position, float(value), style)
        self.row += 1

    def skip(self) -> None:
        self.row += 1


def _write_summary(
    sheet: Sheet,
    partner_name: str,
    statements: list[StatementRecord],
    tables: list[tuple[TableRows, int]],
) -> None:
    styles, first = sheet.styles, statements[0]
    sheet.worksheet.fit_to_pages(1, 0)
    sheet.worksheet.set_portrait()
    sheet.worksheet.set_column(0, 0, 34)
    sheet.worksheet.set_column(1, max(LAST_SUMMARY_COLUMN, len(statements)), 22)
    sheet.write([("Statement of AI use", styles.title)])
    if package_state(statements) == ISSUED:
        sheet.write([(ISSUED_NOTICE, styles.section)])
    else:
        sheet.write([(DRAFT_NOTICE, styles.notice)] + [(None, styles.notice)] * 3)
    sheet.skip()
    for label, value in (
        ("Partner", f"{partner_name} ({first.partner_id})"),
        ("Report month", first.report_month),
        ("As known at (UTC)", max(statement.known_at for statement in statements)),
    ):
        sheet.write([(label, styles.label), (value, styles.text)])
    sheet.skip()
    _write_statements(sheet, statements)
    lines = next(rows for rows, _ in tables if rows.table.name == "compensation_lines")
    for title, names, headings in BREAKDOWNS:
        _write_breakdown(sheet, lines, title, names, headings)
    _write_contents(sheet, tables)


def _write_statements(sheet: Sheet, statements: list[StatementRecord]) -> None:
    """Writes one column per statement, so that a page holds them."""
    styles = sheet.styles
    sheet.write([("What is paid, and why", styles.section)])
    _write_headings(sheet, ("Statement", *(one.contract_id for one in statements)), texts=1)
    for name, texts in (
        ("Version", [f"v{one.version}" for one in statements]),
        ("Side", [one.side for one in statements]),
        ("Currency", [one.currency_code for one in statements]),
    ):
        sheet.write([(name, styles.text), *((text, styles.text_right) for text in texts)])
    rows = balance_rows(statements)
    held = ("Held, net in this month", [Decimal(one.totals["held_amount"]) for one in statements])
    for name, amounts in [*rows, held]:
        is_total = name == rows[-1][0]
        cells = [
            (amount, styles.money(one.currency_code, total=is_total))
            for amount, one in zip(amounts, statements, strict=True)
        ]
        sheet.write([(name, styles.total_text if is_total else styles.text), *cells])
    sheet.write([("Lines", styles.text), *((one.line_count, styles.whole) for one in statements)])
    sheet.skip()


def _write_breakdown(
    sheet: Sheet,
    lines: TableRows,
    title: str,
    names: tuple[str, ...],
    headings: tuple[str, ...],
) -> None:
    """Writes the lines' amounts by some columns, with a total per currency."""
    styles = sheet.styles
    sheet.write([(title, styles.section)])
    _write_headings(sheet, (*headings, "Currency", "Balance", "Held", "Lines"), len(names) + 1)
    totals: dict[str, list[Decimal]] = {}
    first = sheet.row
    for *texts, currency, payable, held, count in lines.payable_and_held_by(names):
        money = styles.money(currency)
        figures = [(payable, money), (held, money), (count, styles.whole)]
        said = [_said(name, text) for name, text in zip(names, texts, strict=True)]
        sheet.write([(text, styles.text) for text in (*said, currency)] + figures)
        sums = totals.setdefault(currency, [Decimal(0)] * 3)
        totals[currency] = [
            total + figure for total, figure in zip(sums, (payable, held, count), strict=True)
        ]
    last = sheet.row - 1
    for currency, sums in sorted(totals.items()):
        money = styles.money(currency, total=True)
        blanks = [(None, styles.total_text)] * (len(names) - 1)
        sheet.write([("Total", styles.total_text), *blanks, (currency, styles.total_text)])
        codes = xl_range_abs(first, len(names), last, len(names))
        for position, (total, style) in enumerate(
            zip(sums, (money, money, styles.decimal(0, total=True)), strict=True), len(names) + 1
        ):
            summed = xl_range_abs(first, position, last, position)
            formula = f'=SUMIFS({summed},{codes},"{currency}")'
            # The value is what readers without a calculator see, and equals the decimals' sum.
            sheet.worksheet.write_formula(sheet.row - 1, position, formula, style, float(total))
    sheet.skip()


def _said(name: str, code: str | None) -> str:
    """What a breakdown is by, as words."""
    if name == "line_type":
        return wording.line_type_name(code or "")
    if name == "hold_bucket":
        return wording.plain(code) if code else "–"
    return code or wording.OF_THE_CONTRACT


def _write_contents(sheet: Sheet, tables: list[tuple[TableRows, int]]) -> None:
    styles = sheet.styles
    sheet.write([("Sheets and data files", styles.section)])
    _write_headings(sheet, ("Sheet", "Data file", "Rows"), texts=2)
    for rows, count in tables:
        title = rows.table.title
        if count > MOST_SHEET_ROWS:
            title += " (data file only: too long)"
        file = f"{rows.table.name}.{rows.table.formats[0]}"
        sheet.write([(title, styles.text), (file, styles.text), (count, styles.whole)])
    sheet.skip()
    sheet.write([("Exact decimals are in the data files, not here.", styles.label)])


def _write_headings(sheet: Sheet, headings: Iterable[str], texts: int) -> None:
    styles = sheet.styles
    sheet.write(
        (heading, styles.heading if position < texts else styles.number_heading)
        for position, heading in enumerate(headings)
    )


def _write_table(sheet: Sheet, rows: TableRows, count: int) -> None:
    columns = _reading_order(rows.columns)
    widths = rows.text_widths()
    for position, column in enumerate(columns):
        widest = WIDEST_ID if column.name.endswith("_id") else WIDEST
        width = max(widths[column.name] + 2, len(column.name) * 0.7 + 3, NARROWEST)
        sheet.worksheet.set_column(position, position, min(width, widest))
    sheet.worksheet.fit_to_pages(-(-len(columns) // COLUMNS_OF_A_PAGE), 0)
    sheet.worksheet.set_row(0, 32)
    sheet.worksheet.freeze_panes(1, 0)
    sheet.worksheet.repeat_rows(0)
    sheet.worksheet.autofilter(0, 0, count, len(columns) - 1)
    sheet.write(
        (
            _heading(column.name),
            sheet.styles.number_heading if _is_number(column) else sheet.styles.heading,
        )
        for column in columns
    )
    writers = [_writer(sheet, rows, columns, position) for position in range(len(columns))]
    for number, row in enumerate(rows.rows(columns), start=1):
        for position, value in enumerate(row):
            if value is not None:
                writers[position](number, value, row)


def _reading_order(columns: Iterable[Column]) -> list[Column]:
    """What people read first, the other ids behind it."""
    shown = [column for column in columns if column.name not in COLUMNS_SAID_ONCE]
    return sorted(
        shown, key=lambda column: column.name.endswith("_id") and column.name != "contract_id"
    )


def _writer(
    sheet: Sheet, rows: TableRows, columns: list[Column], position: int
) -> Callable[[int, Any, tuple[Any, ...]], Any]:
    """How cells of one column are written; looked up once, because there are millions of them."""
    column, worksheet, styles = columns[position], sheet.worksheet, sheet.styles
    style = _style(styles, column)
    currency_column = rows.table.money.get(column.name)
    if currency_column:
        currency_at = [column.name for column in columns].index(currency_column)
        return lambda number, value, row: worksheet.write_number(
            number, position, float(value), styles.money(row[currency_at])
        )
    if _is_number(column):
        return lambda number, value, _: worksheet.write_number(
            number, position, float(value), style
        )
    if column.type == "BOOLEAN":
        return lambda number, value, _: worksheet.write_boolean(number, position, value, style)
    if column.type == "DATE" or column.type.startswith("TIMESTAMP"):
        return lambda number, value, _: (
            worksheet.write_string(number, position, str(value), style)
            if (value.year, value.month) < FIRST_SHEET_MONTH
            else worksheet.write_datetime(number, position, value, style)
        )
    return lambda number, value, _: worksheet.write_string(
        number, position, value[:MOST_CELL_CHARACTERS], style
    )


def _heading(name: str) -> str:
    words = [WORDS.get(word, word) for word in name.split("_")]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])


def _is_number(column: Column) -> bool:
    return column.is_whole_number or column.is_decimal or column.type in {"DOUBLE", "FLOAT"}


def _style(styles: Styles, column: Column) -> Format:
    if column.is_month:
        return styles.month
    if column.type == "DATE":
        return styles.date
    if column.type.startswith("TIMESTAMP"):
        return styles.instant
    if column.name.endswith("_version"):
        return styles.ordinal
    if column.is_whole_number:
        return styles.whole
    if _is_ratio(column):
        return styles.ratio
    if column.is_decimal:
        return styles.decimal(min(column.scale, 6))
    return styles.text


def _is_ratio(column: Column) -> bool:
    """Whether a figure is a share from 0 to 1, which people read as a percentage."""
    is_share = column.name.endswith("_share")
    return is_share or (column.name.endswith("_rate") and "fx" not in column.name)
