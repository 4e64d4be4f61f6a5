"""Records as lines of text that DuckDB writes: cells as SQL.

This is for numerous records; `files.cell_text` does the same for the others. `financial` and
`items` define the records.
"""

from collections.abc import Callable, Mapping

from linernotes.base.money import MINOR_UNIT_DIGITS, USUAL_DIGITS
from linernotes.base.sql import literal
from linernotes.ddex.files import DELIMITER
from linernotes.ddex.records import RECORDS

# The delimiters of cells, values and lines, and all kinds of blanks.
UNSAFE = (
    r"[\x00-\x20\x7f-\xa0\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}|\\]+"
)
# Most texts have single blanks between words, and need no correction.
IS_UNSAFE = (
    r"[\x00-\x1f\x7f-\xa0\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}|\\]"
    r"|^ | $|  "
)
MICRO = 1_000_000


def record_sql(record_type: str, cells: Mapping[str, str]) -> str:
    """SQL for a record as a line, including the line end.

    Args:
        record_type: One of `RECORDS`.
        cells: SQL of the text of each filled cell, by the cell's name; null leaves the cell empty.
    """
    names = [cell.name for cell in RECORDS[record_type]]
    if unknown := cells.keys() - set(names):
        raise KeyError(f"{record_type} has no {', '.join(sorted(unknown))}")
    parts, between = [], ""
    for name in names:
        if name == "RecordType":
            between += record_type
        elif name in cells:
            parts += [literal(between), cells[name]]
            between = ""
        between += DELIMITER
    ending = between.removesuffix(DELIMITER) + "\n"
    return f"concat({', '.join([*parts, literal(ending)])})"


def text(value: str) -> str:
    """A text without any delimiter of cells, values or lines."""
    return (
        f"case when regexp_matches({value}, '{IS_UNSAFE}') "
        f"then trim(regexp_replace({value}, '{UNSAFE}', ' ', 'g')) else {value} end"
    )


def exact(value: str) -> str:
    """A decimal with at most six decimals, without trailing zeros."""
    return f"rtrim(rtrim(({value})::decimal(38, 6)::varchar, '0'), '.')"


def of_micro(units: str) -> str:
    """A whole number of millionths as a decimal."""
    return f"(({units})::decimal(32, 0) * 0.000001::decimal(6, 6))"


def divided(part: str, whole: str) -> str:
    """A quotient of whole numbers, rounded half-up to a whole number; 0 if the divisor is 0."""
    part, whole = f"({part})::hugeint", f"({whole})::hugeint"
    return (
        f"case when coalesce({whole}, 0) = 0 then 0 "
        f"else (case when ({part} < 0) = ({whole} < 0) then 1 else -1 end) "
        f"* ((2 * abs({part}) + abs({whole})) // (2 * abs({whole}))) end"
    )


def percentage(part: str, whole: str) -> str:
    """A share of weight in billionths as a percentage with six decimals; 0 if the whole is 0."""
    return exact(of_micro(divided(part, f"10 * ({whole})::hugeint")))


def rounded(amount: str, currency: str) -> str:
    """An amount rounded half-up to the minor unit of its currency.

    Wider decimals with different scales would have only a common type without decimals.
    """
    return _by_digits(currency, lambda digits: f"({amount})::decimal(34, {digits})")


def money(amount: str, currency: str) -> str:
    """An amount with the decimals of its currency, or more if the amount itself has more."""

    def written(digits: int) -> str:
        in_units = f"({amount})::decimal(38, {digits})"
        return f"case when {in_units} = {amount} then {in_units}::varchar else {exact(amount)} end"

    return _by_digits(currency, written)


def _by_digits(currency: str, written: Callable[[int], str]) -> str:
    codes: dict[int, list[str]] = {}
    for code, digits in MINOR_UNIT_DIGITS.items():
        codes.setdefault(digits, []).append(literal(code))
    cases = " ".join(
        f"when {currency} in ({', '.join(listed)}) then {written(digits)}"
        for digits, listed in codes.items()
    )
    return f"case {cases} else {written(USUAL_DIGITS)} end"
