"""Text cells of the packages' CSV files: kept from running as formulas, and read back unchanged.

The rest of a CSV file is DuckDB's work; which tables there are is in `tables`.

A spreadsheet runs a cell that begins with one of a few characters. Such a text gets an apostrophe
in front; so does a text that begins with an apostrophe itself, and the empty text, which is how it
differs from no value. One rule undoes all three: an apostrophe in front is not part of the value.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

ESCAPE = "'"
# What spreadsheets take for the start of a formula, the full-width forms of some locales included,
# and the characters that they skip before looking for one.
FORMULA_STARTS = "=+-@\t\r\n＝＋－＠"


def escaped_cell_sql(expression: str) -> str:
    """SQL for a text as a CSV cell; no value stays null."""
    guarded = "".join(
        f"chr({ord(character)}) || " for character in FORMULA_STARTS + ESCAPE
    ).removesuffix(" || ")
    return (
        f"case when {expression} = '' or contains({guarded}, left({expression}, 1)) "
        f"then chr({ord(ESCAPE)}) || {expression} else {expression} end"
    )


def escaped_cell(text: str | None) -> str:
    """A text as a CSV cell, by the same rule; no value is the empty cell."""
    if text is None:
        return ""
    return ESCAPE + text if text == "" or text[0] in FORMULA_STARTS + ESCAPE else text


def read_csv_cell(cell: str) -> str | None:
    """The value of a text cell as the warehouse has it; None where there is no value."""
    if cell == "":
        return None
    return cell.removeprefix(ESCAPE)


def read_package_csv(path: Path) -> Iterator[dict[str, str | None]]:
    """The rows of a package's CSV file, cell by column name, with the escape undone.

    Raises:
        ValueError: if there is no heading, or a row has more or fewer cells than it.
        csv.Error: if the file is no CSV.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, strict=True)
        heading = next(rows, None)
        if heading is None:
            raise ValueError("the file is empty; it has no heading")
        for row in rows:
            if len(row) != len(heading):
                raise ValueError(f"line {rows.line_num} has {len(row)} cells, not {len(heading)}")
            # As `read_csv_cell` does it; there are millions of them.
            values = [cell.removeprefix(ESCAPE) if cell else None for cell in row]
            yield dict(zip(heading, values, strict=True))
