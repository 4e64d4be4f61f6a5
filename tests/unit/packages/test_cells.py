"""Text cells of CSV files: no spreadsheet runs them, and every reader gets the original text."""

import csv
from pathlib import Path

import duckdb
import pytest

from linernotes.packages import escaped_cell, read_csv_cell, read_package_csv
from linernotes.packages.cells import FORMULA_STARTS, escaped_cell_sql
from linernotes.packages.tables import CSV_OPTIONS

TEXTS = [
    '=HYPERLINK("http://x")',
    "+1",
    "-1",
    "@SUM(A1)",
    "\tTab",
    "\rReturn",
    "\nNewline",
    "＝full width",
    "'Round Midnight",
    "''=1",
    "'",
    "",
    None,
    "plain",
    'comma, "quote"\nand newline\r\nthen more',
    "مرحبا بالعالم",
    "\u202eright to left",
    "1=1",
    " =1",
    "#hash",
]


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "texts.csv"
    with duckdb.connect() as connection:
        connection.execute("create table texts (position integer, text varchar)")
        connection.executemany("insert into texts values (?, ?)", list(enumerate(TEXTS)))
        connection.execute(
            f"copy (select position, {escaped_cell_sql('text')} as text from texts "
            f"order by position) to '{path}' ({CSV_OPTIONS})"
        )
    return path


def test_csv_text_read_back_gives_the_same_value_e131(written: Path) -> None:
    rows = list(read_package_csv(written))

    assert [row["text"] for row in rows] == TEXTS
    assert len(rows) == len(TEXTS)


def test_csv_text_as_a_spreadsheet_sees_it_starts_no_formula_e131(written: Path) -> None:
    with written.open(encoding="utf-8", newline="") as file:
        cells = [row["text"] for row in csv.DictReader(file)]

    assert [cell for cell in cells if cell and cell[0] in FORMULA_STARTS] == []


def test_csv_file_has_unix_line_ends_and_no_byte_order_mark(written: Path) -> None:
    content = written.read_bytes()

    assert content.startswith(b"position,text\n0,")
    assert content.endswith(b"\n")


@pytest.mark.parametrize(
    ("cell", "value"), [("", None), ("'", ""), ("'=1", "=1"), ("''", "'"), ("a'", "a'")]
)
def test_csv_cell_read_gives_value(cell: str, value: str | None) -> None:
    assert read_csv_cell(cell) == value


def test_csv_row_of_wrong_length_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "short.csv"
    path.write_text("a,b\n1\n")

    with pytest.raises(ValueError, match="line 2 has 1 cells, not 2"):
        list(read_package_csv(path))


def test_csv_text_is_escaped_in_python_as_in_sql_e131(written: Path) -> None:
    with written.open(encoding="utf-8", newline="") as file:
        cells = [row["text"] for row in csv.DictReader(file)]

    assert [escaped_cell(text) for text in TEXTS] == cells
