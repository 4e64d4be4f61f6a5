"""Text cells of the packages' CSV files: never run as formulas, and read back unchanged.

DuckDB writes the rest of a CSV file; `tables` lists the tables.

A spreadsheet runs a cell that begins with certain characters as a formula. Such a text gets an
apostrophe in front. So does a text that begins with an apostrophe, and the empty text, to
distinguish it from no value. One rule undoes all three: a leading apostrophe is not part of the
value.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

ESCAPE = "'"
# What spreadsheets take for the start of a formula, including the full-width forms of some locales,
# and the characters that they skip before looking for one.
FORMULA_STARTS = "=+-@\t\r\n＝＋－＠"


def escaped_cell_sql(expression: str) -> str:
    """SQL for a text as a CSV cell; null stays null."""
    guarded = "".join(
        f"chr({ord(character)}) || " for character in FORMULA_STARTS + ESCAPE
    ).removesuffix(" || ")
    return (
        f"case when {expression} = '' or contains({guarded}, left({expression}, 1)) "
        f"then chr({ord(ESCAPE)}) || {expression} else {expression} end"
    )


def escaped_cell(text: str | None) -> str:
    """A text as a CSV cell, by the same rule; None becomes the empty cell."""
    if text is None:
        return ""
    return ESCAPE + text if text == "" or text[0] in FORMULA_STARTS + ESCAPE else text


def read_csv_cell(cell: str) -> str | None:
    """The value of a text cell as the warehouse has it; None if the cell has no value."""
    if cell == "":
        return None
    return cell.removeprefix(ESCAPE)


def read_package_csv(path: Path) -> Iterator[dict[str, str | None]]:
    """The rows of a package's CSV file, cell by column name, with the apostrophes removed.

    Raises:
        ValueError: if there is no heading, or a row has more or fewer cells than the heading.
        csv.Error: if the file is not valid CSV.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, strict=True)
        heading = next(rows, None)
        if heading is None:
            raise ValueError("the file is empty; it has no heading")
        for row in rows:
            if len(row) != len(heading):
                raise ValueError(f"line {rows.line_num} has {len(row)} cells, not {len(heading)}")
            # Inlined from `read_csv_cell`, because there are millions of cells.
            values = [cell.removeprefix(ESCAPE) if cell else None for cell in row]
            yield dict(zip(heading, values, strict=True))
