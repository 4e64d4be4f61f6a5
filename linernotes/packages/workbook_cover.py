"""The workbook's first sheets: a cover with the PDF's bridge, and a table for pivoting.

Figures and words are those of the PDF; `workbook` makes the sheets of the tables.
"""

from collections.abc import Callable
from decimal import Decimal

from xlsxwriter.utility import xl_range_abs

from linernotes.base.clock import instant
from linernotes.ledger.records import ISSUED
from linernotes.packages import wording
from linernotes.packages.balance_terms import bridge
from linernotes.packages.document_figures import (
    LINES,
    Figures,
    Statements,
    gross_by_contract,
)
from linernotes.packages.document_parties import due_date, entity_lines, payee_name
from linernotes.packages.manifest import package_state
from linernotes.packages.sheet_rows import Cells
from linernotes.packages.sheets import Sheet
from linernotes.packages.tables import TableRows, every_value

COVER, PIVOT, PIVOT_NAME = "Cover", "Pivot data", "pivot_data"
DRAFT_NOTICE = "DRAFT: not approved, not payable"
ISSUED_NOTICE = "Issued: final; adjustments appear in later statements"
LAST_COVER_COLUMN = 5
BREAKDOWNS = (
    ("By product", ("product_name",), ("Product",)),
    ("By territory", ("territory",), ("Territory",)),
    ("By type of line", ("line_type", "hold_bucket"), ("Type of line", "On hold because")),
)


def write_cover(
    sheet: Sheet,
    figures: Figures,
    statements: Statements,
    tables: list[tuple[TableRows, int]],
    most_rows: int,
) -> None:
    """Writes payer and payee, the bridge of every statement, breakdowns and links to the sheets.

    Args:
        sheet: An empty sheet.
        figures: The figures of the partner and month.
        statements: Those of the month, the largest first.
        tables: Every table of the package with its rows, counted.
        most_rows: A table with more rows has no sheet.
    """
    styles, records = sheet.styles, statements.records
    sheet.worksheet.fit_to_pages(1, 0)
    sheet.worksheet.set_portrait()
    sheet.worksheet.set_column(0, 0, 34)
    sheet.worksheet.set_column(1, max(LAST_COVER_COLUMN, len(records)), 24)
    sheet.write([(f"AI royalty statement, {wording.month_name(figures.month)}", styles.title)])
    if package_state(list(records)) == ISSUED:
        sheet.write([(ISSUED_NOTICE, styles.section)])
    else:
        sheet.write([(DRAFT_NOTICE, styles.notice)] + [(None, styles.notice)] * 3)
    sheet.skip()
    house, agreed = statements.house.sender, statements.agreed
    for label, value in (
        ("Payer", ", ".join(entity_lines(house.legal, house.name, house.contact))),
        ("Payee", ", ".join(entity_lines(agreed.legal, payee_name(figures), agreed.contact))),
    ):
        sheet.write([(label, styles.label), (value, styles.text)])
    for label, day in (
        ("Report month", figures.month),
        ("Issued", statements.issued_on or "Draft: not issued"),
        ("Payment due", due_date(figures, statements)),
    ):
        style = styles.month if label == "Report month" else styles.date
        sheet.write([(label, styles.label), (day, styles.text if isinstance(day, str) else style)])
    cut_off = instant(max(statement.known_at for statement in records))
    sheet.write([("Data cut-off (UTC)", styles.label), (cut_off, styles.instant)])
    sheet.skip()
    _write_bridge(sheet, figures, statements)
    lines = next(rows for rows, _ in tables if rows.table.name == "compensation_lines")
    for title, names, headings in BREAKDOWNS:
        _write_breakdown(sheet, lines, statements.currencies, title, names, headings)
    _write_contents(sheet, tables, most_rows)
    sheet.print_area(max(LAST_COVER_COLUMN, len(records)))


def _write_bridge(sheet: Sheet, figures: Figures, statements: Statements) -> None:
    """Writes one column per statement, so that it fits on a page; results are formulas."""
    styles, records = sheet.styles, statements.records
    sheet.write([("Payment summary", styles.section)])
    sheet.headings(("Statement", *(one.contract_id for one in records)), texts=1)
    for name, texts in (
        ("Version", [f"v{one.version}" for one in records]),
        ("Side", [wording.SIDES.get(one.side, one.side) for one in records]),
        ("Currency", [one.currency_code for one in records]),
    ):
        sheet.write([(name, styles.text), *((text, styles.text_right) for text in texts)])
    first = sheet.row
    for step in bridge(records, gross_by_contract(figures)):
        cells = [
            (amount, styles.money(one.currency_code, total=step.is_result))
            for amount, one in zip(step.amounts, records, strict=True)
        ]
        sheet.write([(step.name, styles.total_text if step.is_result else styles.text), *cells])
        if step.is_result:
            for at, (amount, style) in enumerate(cells, start=1):
                summed = xl_range_abs(first, at, sheet.row - 2, at)
                formula = f"=SUM({summed})"
                sheet.worksheet.write_formula(sheet.row - 1, at, formula, style, float(amount))
            # The rows after the balance start from it.
            first = sheet.row - 1
    held = [
        (Decimal(one.totals["held_amount"]), styles.money(one.currency_code)) for one in records
    ]
    sheet.write([("Put on hold, net of releases", styles.label), *held])
    sheet.write([("Lines", styles.text), *((one.line_count, styles.whole) for one in records)])
    sheet.skip()


def _write_breakdown(
    sheet: Sheet,
    lines: TableRows,
    currencies: list[str],
    title: str,
    names: tuple[str, ...],
    headings: tuple[str, ...],
) -> None:
    """Writes the lines' amounts by some columns, largest first, with a total per currency."""
    styles = sheet.styles
    sheet.write([(title, styles.section)])
    sheet.headings(
        (*headings, "Currency", "Balance of the month", "Put on hold, net", "Lines"),
        len(names) + 1,
    )
    totals: dict[str, list[Decimal]] = {}
    first = sheet.row
    rows = sorted(
        lines.payable_and_held_by(names),
        key=lambda row: (currencies.index(row[-4]), -abs(row[-3]), -abs(row[-2])),
    )
    for *texts, currency, payable, held, count in rows:
        money = styles.money(currency)
        figures = [(payable, money), (held, money), (count, styles.whole)]
        labels = [_label(name, text) for name, text in zip(names, texts, strict=True)]
        sheet.write([(text, styles.text) for text in (*labels, currency)] + figures)
        sums = totals.setdefault(currency, [Decimal(0)] * 3)
        totals[currency] = [
            total + figure for total, figure in zip(sums, (payable, held, count), strict=True)
        ]
    last = sheet.row - 1
    for currency, sums in totals.items():
        money = styles.money(currency, total=True)
        blanks = [(None, styles.total_text)] * (len(names) - 1)
        sheet.write([("Total", styles.total_text), *blanks, (currency, styles.total_text)])
        codes = xl_range_abs(first, len(names), last, len(names))
        for position, (total, style) in enumerate(
            zip(sums, (money, money, styles.decimal(0, total=True)), strict=True), len(names) + 1
        ):
            summed = xl_range_abs(first, position, last, position)
            formula = f'=SUMIFS({summed},{codes},"{currency}")'
            # Readers that do not calculate show this value; it equals the sum of the decimals.
            sheet.worksheet.write_formula(sheet.row - 1, position, formula, style, float(total))
    sheet.skip()


def _label(name: str, code: str | None) -> str:
    """The words for a value of a breakdown."""
    if name == "line_type":
        return wording.line_type_name(code or "")
    if name == "hold_bucket":
        return wording.hold_reason(code) if code else "–"
    return code or wording.OF_THE_CONTRACT


def _write_contents(sheet: Sheet, tables: list[tuple[TableRows, int]], most_rows: int) -> None:
    styles = sheet.styles
    sheet.write([("Sheets and data files", styles.section)])
    sheet.headings(("Sheet", "Data file", "Rows"), texts=2)
    sheet.write([(None, styles.text), ("made for pivoting", styles.label)])
    sheet.link(0, PIVOT)
    for rows, count in tables:
        title = rows.table.title
        has_sheet = count <= most_rows
        file = f"{rows.table.name}.{rows.table.formats[0]}"
        named = title if not has_sheet else None
        sheet.write(
            [
                (f"{named} (data file only: too long)" if named else None, styles.text),
                (file, styles.text),
                (count, styles.whole),
            ]
        )
        if has_sheet:
            sheet.link(0, title)
    sheet.skip()
    sheet.write([("Exact decimals are in the data files, not here.", styles.label)])


PIVOT_COLUMNS: tuple[tuple[str, str, str, float], ...] = (
    ("Usage month", "usage_month", "month", 12),
    ("Contract", "contract_id", "text", 18),
    ("Currency", "currency_code", "text", 10),
    ("Side", "side", "side", 12),
    ("Product", "product_name", "text", 18),
    ("Territory", "territory", "text", 10),
    ("Tier", "tier", "plain", 16),
    ("Type of line", "line_type", "line_type", 26),
    ("On hold because", "hold_bucket", "hold_bucket", 26),
    ("Member or label", "coalesce(member_name, member_party_id)", "text", 30),
)
CURRENCY_AT = [name for name, *_ in PIVOT_COLUMNS].index("Currency")
# Name, SQL of the sum, decimals; the decimals are None for an amount of money.
PIVOT_FIGURES: tuple[tuple[str, str, int | None], ...] = (
    ("Source uses", "sum(quantity)::bigint", 0),
    ("Attributed uses", "sum(weight_nano)::double / 1e9", 2),
    ("Gross amount", "sum(amount)", None),
    ("Of it on hold", "coalesce(sum(amount) filter (where hold_bucket is not null), 0)", None),
    ("Net amount", "coalesce(sum(amount) filter (where hold_bucket is null), 0)", None),
)
WORDS_OF: dict[str, Callable[[str], str]] = {
    "line_type": wording.line_type_name,
    "hold_bucket": wording.hold_reason,
    "side": lambda code: wording.SIDES.get(code, code),
    "plain": wording.plain,
}


def write_pivot(sheet: Sheet, figures: Figures) -> None:
    """Writes the month's lines, summed over titles, as one flat table with plain headings."""
    keys = [f"{expression} as k{at}" for at, (_, expression, _, _) in enumerate(PIVOT_COLUMNS)]
    sums = [f"{expression} as s{at}" for at, (_, expression, _) in enumerate(PIVOT_FIGURES)]
    figures.keep(PIVOT_NAME, LINES, ", ".join((*keys, *sums)), "group by all order by all")
    (count,) = figures.kept(PIVOT_NAME, "count(*)")
    names = [f"k{at}" for at in range(len(PIVOT_COLUMNS))]
    codes = figures.kept(PIVOT_NAME, ", ".join(map(every_value, names)))
    currencies = sorted(codes[CURRENCY_AT] or [])
    styles = sheet.styles
    for at, (_, _, _, width) in enumerate(PIVOT_COLUMNS):
        sheet.worksheet.set_column(at, at, width)
    last = len(PIVOT_COLUMNS) + len(PIVOT_FIGURES) - 1
    sheet.worksheet.set_column(len(PIVOT_COLUMNS), last, 18)
    sheet.worksheet.fit_to_pages(1, 0)
    sheet.worksheet.freeze_panes(1, 0)
    sheet.worksheet.repeat_rows(0)
    sheet.worksheet.autofilter(0, 0, count, last)
    sheet.headings(
        (name for name, *_ in (*PIVOT_COLUMNS, *PIVOT_FIGURES)), texts=len(PIVOT_COLUMNS)
    )
    cells = []
    for name, (_, _, kind, _), own in zip(names, PIVOT_COLUMNS, codes, strict=True):
        word = WORDS_OF.get(kind)
        words = {code: word(code) for code in sorted(own or [])} if word else {}
        is_month = kind == "month"
        cells.append(
            Cells(name, "day", styles.month)
            if is_month
            else Cells(name, "text", styles.text, words)
        )
    by_currency = {code: styles.money(code) for code in currencies}
    for at, (_, _, digits) in enumerate(PIVOT_FIGURES):
        if digits is None:
            cells.append(
                Cells(f"s{at}", "number", styles.money(None), {}, names[CURRENCY_AT], by_currency)
            )
        else:
            style = styles.decimal(digits) if digits else styles.whole
            cells.append(Cells(f"s{at}", "number", style))
    sheet.fill(figures.connection, PIVOT_NAME, (), cells, count)
    sheet.print_area(last)
