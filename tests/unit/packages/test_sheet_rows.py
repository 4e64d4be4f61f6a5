"""Rows of worksheets that the engine writes: every kind of cell is read back unchanged."""

from pathlib import Path

import duckdb
import fastexcel

from linernotes.ledger.records import DRAFT, StatementRecord
from linernotes.packages.sheet_rows import Cells
from linernotes.packages.sheets import Book

DRAFTED = StatementRecord(
    statement_id="tune-master|2026-06",
    contract_id="tune-master",
    partner_id="tune",
    side="MASTER",
    report_month="2026-06",
    version=1,
    state=DRAFT,
    known_at="2026-07-15T06:00:00Z",
    currency_code="EUR",
    line_count=0,
    line_set_sha256="",
    totals={},
    drafted_by="Ada",
    drafted_at="2026-07-15T06:00:00Z",
)


def read(path: Path) -> list[tuple[object, ...]]:
    return fastexcel.read_excel(path).load_sheet("Rows", header_row=None).to_polars().rows()


def test_texts_come_through_whatever_they_hold(tmp_path: Path) -> None:
    """Markup, control characters, text like their escapes, blanks at the ends, long texts."""
    texts = [
        "<b>&amp; \"'",
        "bell\x07 and return\r",
        "_x0041_ is no A",
        "  blanks around  ",
        "two\nlines",
        "=1+1",
        "静かな 海 𝄞",
        "x" * 40_000,
    ]
    book = Book("A book", [DRAFTED], "mark")
    sheet = book.add_sheet("Rows")
    sheet.headings(["Text"], texts=1)
    with duckdb.connect() as connection:
        connection.execute("create table texts as select unnest($1) as text", [texts])
        cells = [Cells("text", "text", sheet.styles.text)]
        sheet.fill(connection, "texts", (), cells, len(texts))
        book.write(tmp_path / "book.xlsx")

    found = [row[0] for row in read(tmp_path / "book.xlsx")]

    assert found == ["Text", *texts[:-1], "x" * 32_767]


def test_cells_have_their_kind_and_no_value_is_an_empty_cell(tmp_path: Path) -> None:
    book = Book("A book", [DRAFTED], "mark")
    sheet = book.add_sheet("Rows")
    sheet.headings(["Code", "Amount", "Day", "Flag"], texts=1)
    styles = sheet.styles
    with duckdb.connect() as connection:
        connection.execute(
            "create table rows as from (values "
            "('a', 1234.50::decimal(38, 6), timestamp '2026-06-30 12:00:00', true, 'EUR'), "
            "('b', -7::decimal(38, 6), null, false, 'JPY'), "
            "(null, null, timestamp '1889-05-01', null, null)) as rows (code, amount, day, flag, "
            "currency)"
        )
        by_currency = {"EUR": styles.money("EUR"), "JPY": styles.money("JPY")}
        sheet.fill(
            connection,
            "rows",
            (),
            [
                Cells("code", "text", styles.text, {"a": "Words & more"}),
                Cells("amount", "number", styles.money(None), {}, "currency", by_currency),
                Cells("day", "day", styles.instant),
                Cells("flag", "boolean", styles.text),
            ],
            3,
        )
        book.write(tmp_path / "book.xlsx")

    sheet = fastexcel.read_excel(tmp_path / "book.xlsx").load_sheet("Rows", dtypes="string")

    assert sheet.to_polars().rows() == [
        ("Words & more", "1234.5", "2026-06-30 12:00:00", "true"),
        ("b", "-7", None, "false"),
        (None, None, "1889-05-01 00:00:00", None),
    ]
