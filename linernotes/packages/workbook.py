"""The workbook of a package: a cover, a table for pivoting, then one sheet per table.

In a workbook all amounts become binary numbers, so it computes only its own totals; the data files
and the manifest have the decimals.
"""

from collections.abc import Callable
from pathlib import Path

from xlsxwriter.format import Format

from linernotes.ledger.records import StatementRecord
from linernotes.packages import wording
from linernotes.packages.document_figures import Figures, Statements
from linernotes.packages.sheet_rows import Cells
from linernotes.packages.sheets import Book, Sheet, Styles
from linernotes.packages.tables import Column, PackageTable, TableRows
from linernotes.packages.workbook_cover import COVER, PIVOT, write_cover, write_pivot

# A sheet ends at 1,048,576 rows and is slow long before; such tables are only in the data files.
MOST_SHEET_ROWS = 200_000
NARROWEST, WIDEST, WIDEST_ID = 9, 44, 22
COLUMNS_OF_A_PAGE = 13
# Constant in a package, and stated on the cover.
CONSTANT_COLUMNS = {"partner_id", "report_month"}
# Shown as words; the codes are in hidden columns at the end of the sheet.
WORDED: dict[str, Callable[[str], str]] = {
    "line_type": wording.line_type_name,
    "hold_bucket": wording.hold_reason,
    "side": lambda code: wording.SIDES.get(code, code),
    "use_type": lambda code: "All uses" if code == "*" else wording.plain(code),
    **dict.fromkeys(
        (
            "role", "tier", "consent_status", "decision", "voice", "object_type", "evidence_state",
            "programme_reason", "ai_status", "source_type", "appeal_state", "decision_visibility",
            "winning_arm", "model", "known_by", "first_notifier_kind", "reinstatement_reason",
        ),
        wording.plain,
    ),
}  # fmt: skip
# Ids that readers quote when they ask us; all other ids are hidden.
SHOWN_IDS = {"contract_id", "decision_id", "line_id", "case_id"}
# Columns that stay visible while a reader scrolls to the right.
KEYS = {"compensation_lines": ("contract_id",), "member_statements": ("contract_id", "member_name")}
WORDS = {"id": "ID", "isrc": "ISRC", "ai": "AI", "fx": "FX", "iswc": "ISWC", "p90": "90th pct."}
HEADINGS = {
    "product_name": "Product",
    "member_name": "Member or label",
    "owner_name": "Owner",
    "artist_names": "Artists",
    "line_type": "Type of line",
    "hold_bucket": "On hold because",
    "quantity": "Source uses",
    "weight_nano": "Attributed uses (billionths)",
    "puid": "Statement of reasons ID",
    "party_name": "Party",
    "object_name": "Object",
    "consent_required_from": "Consent required from",
}


def write_workbook(
    path: Path,
    figures: Figures,
    statements: Statements,
    tables: list[TableRows],
    mark: str,
) -> None:
    """Writes the workbook of one partner and month; the same rows give the same bytes.

    `mark` ties it to its package and becomes a keyword in its properties.
    """
    records = list(statements.records)
    first = records[0]
    title = f"AI royalty statement {first.report_month} for {first.partner_id}"
    book = Book(title, records, mark)
    counted = [(rows, rows.count()) for rows in tables]
    write_cover(book.add_sheet(COVER), figures, statements, counted, MOST_SHEET_ROWS)
    write_pivot(book.add_sheet(PIVOT), figures)
    for rows, count in counted:
        if count <= MOST_SHEET_ROWS:
            _write_table(book.add_sheet(rows.table.title), rows, count)
    book.write(path)


def write_lines_workbook(
    path: Path, name: str, records: list[StatementRecord], lines: TableRows, mark: str
) -> None:
    """Writes the workbook of one member or label, with only its lines."""
    title = f"AI royalty sub-statement {records[0].report_month} for {name}"
    book = Book(title, records, mark)
    count = lines.count()
    if count <= MOST_SHEET_ROWS:
        _write_table(book.add_sheet(lines.table.title), lines, count)
    book.write(path)


def _write_table(sheet: Sheet, rows: TableRows, count: int) -> None:
    shown, hidden = _reading_order(rows)
    columns = [*shown, *hidden]
    widths = rows.text_widths()
    for position, column in enumerate(columns):
        widest = WIDEST_ID if column.name.endswith("_id") else WIDEST
        width = max(widths[column.name] + 2, len(_heading(column.name)) * 0.7 + 3, NARROWEST)
        options = {"hidden": True} if position >= len(shown) else {}
        sheet.worksheet.set_column(position, position, min(width, widest), None, options)
    sheet.worksheet.fit_to_pages(-(-len(shown) // COLUMNS_OF_A_PAGE), 0)
    sheet.worksheet.set_row(0, 32)
    sheet.worksheet.freeze_panes(1, len(KEYS.get(rows.table.name, ())))
    sheet.worksheet.repeat_rows(0)
    sheet.worksheet.autofilter(0, 0, count, len(columns) - 1)
    sheet.write(
        (
            _heading(column.name) if position < len(shown) else column.name,
            sheet.styles.number_heading if _is_number(column) else sheet.styles.heading,
        )
        for position, column in enumerate(columns)
    )
    coded = [column.name for column in shown if column.name in WORDED]
    codes = rows.distinct([*coded, *sorted(set(rows.table.money.values()) - set(coded))])
    cells = [
        _cells(sheet.styles, rows.table, column, codes, is_worded=position < len(shown))
        for position, column in enumerate(columns)
    ]
    sheet.fill(rows.connection, rows.relation, (), cells, count)
    sheet.print_area(len(shown) - 1)


def _reading_order(rows: TableRows) -> tuple[list[Column], list[Column]]:
    """The visible columns, keys first; then the hidden ones: other ids, codes shown as words."""
    keys = KEYS.get(rows.table.name, ())
    columns = [column for column in rows.columns if column.name not in CONSTANT_COLUMNS]
    ids = {
        column.name
        for column in columns
        if column.name.endswith("_id") and column.name not in SHOWN_IDS
    }
    shown = [column for column in columns if column.name not in ids]
    shown.sort(
        key=lambda column: (
            keys.index(column.name) if column.name in keys else len(keys),
            column.name.endswith("_id") and column.name not in keys,
        )
    )
    hidden = [column for column in columns if column.name in ids or column.name in WORDED]
    return shown, hidden


def _cells(
    styles: Styles,
    table: PackageTable,
    column: Column,
    codes: dict[str, list[str]],
    *,
    is_worded: bool,
) -> Cells:
    """The definition of a column's cells: their content and format."""
    value, style = f"report.{column.name}", _style(styles, column)
    if currency := table.money.get(column.name):
        by_currency = {code: styles.money(code) for code in codes[currency]}
        return Cells(
            value,
            "number",
            styles.money(None),
            currency=f"report.{currency}",
            by_currency=by_currency,
        )
    if _is_number(column):
        return Cells(value, "number", style)
    if column.type == "BOOLEAN":
        return Cells(value, "boolean", style)
    if column.type == "DATE" or column.type.startswith("TIMESTAMP"):
        return Cells(value, "day", style)
    if column.is_list:
        return Cells(f"to_json({value})::varchar", "text", style)
    words = WORDED.get(column.name) if is_worded else None
    phrases = {code: words(code) for code in codes[column.name]} if words else {}
    return Cells(value, "text", style, phrases)


def _heading(name: str) -> str:
    if name in HEADINGS:
        return HEADINGS[name]
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
    """Whether a figure is a share from 0 to 1, which is shown as a percentage."""
    is_share = column.name.endswith("_share")
    return is_share or (column.name.endswith("_rate") and "fx" not in column.name)
