"""Casts delivered rows and checks them against their contract.

Each row is checked separately; `screening.py` has the checks across rows.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import polars as pl

from linernotes.ingestion import values
from linernotes.ingestion.columns import RATE_DIGITS
from linernotes.ingestion.contracts import Contract, NestedRows
from linernotes.ingestion.identifiers import normalise, normalise_isrc_expr, wrong_check_digits
from linernotes.ingestion.readers import Batch
from linernotes.ingestion.vocabulary import nearest

FAULT_SCHEMA = pl.Schema({"row_number": pl.Int64(), "rule": pl.String(), "details": pl.String()})

# What to do about a broken rule that any feed may have; those of one feed are in its contract.
ADVICE: dict[str, str] = {
    "required": "it is required; give it a value",
    "not_text": "it is not text; send it as text",
    "not_a_list": "it is not a list; send a list (in CSV, items with | between them)",
    "not_an_exact_decimal": "it is not a decimal of at most 18 integer and 12 fraction digits;"
    " send plain digits with a point, without separators or signs",
    "not_a_whole_number": "it is not a whole number of at most 18 digits; send it plainly",
    "not_a_boolean": "it is neither true nor false; send true, false, Yes or No",
    "not_a_time_with_offset": "it is not an ISO 8601 time with an offset; send it as"
    " 2026-01-31T12:00:00+00:00",
    "not_a_date": "it is not a date; send it as 2026-01-31",
    "not_a_month": "it is not a month; send it as 2026-01",
    "not_a_date_month_or_year": "it is not a date; send 2026, 2026-01 or 2026-01-31",
    "blanks_around": "there are blanks around it; send it without",
    "too_long": "it is too long; shorten it",
    "control_characters": "it contains control characters; send it without",
    "closed_list": "it is not on the list of allowed values",
    "empty_item": "an item of the list is empty; leave the item out",
    "pattern": "it does not fit its pattern; correct it at the source",
    "in_the_future": "it lies more than a day in the future; correct the clock or the value",
    "fraction_digits": f"it has more than {RATE_DIGITS} fraction digits; round it at the source",
    "min": "it is under {}; correct it",
    "min_exclusive": "it is not over {}; correct it",
    "max": "it is over {}; correct it",
    "valid_to_before_valid_from": "the interval ends before it begins; turn it round",
    "given_twice": "an item is repeated in the list; give it once",
}

SEPARATOR_IN_ID = "a comma or a semicolon in an id; in CSV, items of a list have | between them"
# Rules whose advice names the bound.
BOUNDS = ("min", "min_exclusive", "max")


@dataclass(frozen=True)
class Checked:
    """A checked batch: rows that fulfil the contract, and the faults of the others.

    `rows` are all rows that could be split into cells, typed; `faults` has a row for each broken
    rule.
    """

    rows: pl.DataFrame
    faults: pl.DataFrame
    warnings: Counter[str]

    @property
    def good(self) -> pl.DataFrame:
        if self.faults.is_empty():
            return self.rows
        return self.rows.join(self.faults, on="row_number", how="anti", maintain_order="left")


def check(batch: Batch, contract: type[Contract]) -> Checked:
    """Cast a batch and check it against its contract."""
    rows, faults = _typed(batch, contract)
    rows = _with_normal_standards(rows, contract)
    warnings = _check_digit_warnings(rows, contract) + _list_warnings(rows, contract)
    if "isrc" in contract.columns():
        rows, malformed = _with_normal_isrc(rows)
        warnings["isrc is malformed: loaded as null, kept in isrc_original"] += malformed
    rows = contract.completed(rows)
    if contract.NESTED:
        faults.append(_part_faults(rows, contract.NESTED))
    faults.append(_contract_faults(rows, batch.rows, contract, faults))
    faults += [fault([row.row_number], row.rule, row.details) for row in batch.broken_rows]
    return Checked(rows, pl.concat(faults), +warnings)


def fault(row_numbers: Iterable[int], rule: str, details: str) -> pl.DataFrame:
    """One rule that some rows break."""
    numbers = list(row_numbers)
    return pl.DataFrame(
        {
            "row_number": numbers,
            "rule": [rule] * len(numbers),
            "details": [details] * len(numbers),
        },
        schema=FAULT_SCHEMA,
    )


def nested_rows_of(rows: pl.DataFrame, part: NestedRows) -> pl.DataFrame:
    """The typed rows inside a cell of rows that keep their contract."""
    parts, _ = _typed(_part_batch(rows, part), part.contract)
    return parts


def _typed(batch: Batch, contract: type[Contract]) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Every column of the contract in its type, with defaults, and the unreadable cells."""
    typed: list[pl.Series] = []
    faults = [FAULT_SCHEMA.to_frame()]
    defaults: list[pl.Expr] = []
    traits = contract.traits()
    for name, column in contract.columns().items():
        if name not in batch.rows.columns:
            nothing = pl.Series(name, [None], dtype=column.dtype)
            typed.append(nothing.new_from_index(0, batch.rows.height))
        elif name == "row_number":
            typed.append(batch.rows[name])
        else:
            sent = values.present(batch.rows[name])
            value = values.cast(sent, traits[name].kind).alias(name)
            is_unread = sent.is_not_null() & value.is_null()
            if sent.dtype == pl.List:
                is_unread &= sent.list.len() > 0
            if is_unread.any():
                numbers = batch.rows["row_number"].filter(is_unread)
                rule = values.CAST_RULES[traits[name].kind]
                faults.append(_cell_faults(numbers, name, rule, batch.rows, contract))
            typed.append(value)
        default = traits[name].default
        if default is not None:
            defaults.append(pl.col(name).fill_null(pl.lit(default).cast(column.dtype)))
    for name, row_numbers in batch.broken_cells.items():
        rule = values.CAST_RULES[traits[name].kind]
        faults.append(fault(row_numbers, f"{name}.{rule}", f"{name}: {ADVICE[rule]}"))
    return pl.DataFrame(typed).with_columns(defaults), faults


def _contract_faults(
    rows: pl.DataFrame,
    sent: pl.DataFrame,
    contract: type[Contract],
    already: list[pl.DataFrame],
) -> pl.DataFrame:
    """The faults of the rows; a cell that cannot be read is not counted as missing too."""
    failures = contract.filter(rows).failure
    if not len(failures):
        return FAULT_SCHEMA.to_frame()
    unread = pl.concat(already).select(
        "row_number", rule=pl.col("rule").str.extract(r"^([^.]+)\.") + ".required"
    )
    details = failures.details()
    found = []
    for name in details.columns[rows.width :]:
        numbers = details.filter(pl.col(name) == "invalid")["row_number"]
        if numbers.is_empty():
            continue
        column, _, rule = name.rpartition("|")
        rule = _RULE_NAMES.get(rule, rule.removeprefix("check__"))
        found.append(_cell_faults(numbers, column, rule, sent, contract))
    return pl.concat(found).join(unread, on=["row_number", "rule"], how="anti")


_RULE_NAMES = {"nullability": "required", "regex": "pattern"}


def _cell_faults(
    numbers: pl.Series, column: str, rule: str, sent: pl.DataFrame, contract: type[Contract]
) -> pl.DataFrame:
    """One broken rule of one column (or of none), with the value that was sent."""
    advice_text = ADVICE[rule] if column else contract.ADVICE.get(rule) or ADVICE[rule]
    if rule in BOUNDS:
        advice_text = advice_text.format(getattr(contract.columns()[column], rule))
    advice = pl.lit(advice_text)
    rows = sent.filter(pl.col("row_number").is_in(numbers.implode()))
    if column not in rows.columns:
        details = pl.concat_str(pl.lit(f"{column}: " if column else ""), advice)
    else:
        shown = pl.col(column)
        if isinstance(rows.schema[column], pl.List):
            shown = shown.list.eval(pl.element().cast(pl.String)).list.join("|", ignore_nulls=True)
        shown = shown.cast(pl.String).str.slice(0, 100).fill_null("")
        if rule == "closed_list":
            advice = pl.concat_str(advice, _hints(rows[column], contract.traits()[column].listed()))
        details = pl.format("{} is '{}': {}", pl.lit(column), shown, advice)
    return rows.select(
        "row_number", rule=pl.lit(f"{column}.{rule}" if column else rule), details=details
    ).cast(FAULT_SCHEMA)


def _hints(cells: pl.Series, allowed: tuple[str, ...]) -> pl.Series:
    """For values that are not on their closed list, the most similar listed values."""
    is_list = isinstance(cells.dtype, pl.List)
    advice_text: dict[str, str] = {}

    def hint(cell: Any) -> str:
        items = list(cell) if is_list else [cell]
        wrong = [str(item) for item in items if item is not None and str(item) not in allowed]
        for item in wrong:
            if item not in advice_text:
                advice_text[item] = nearest(item, allowed)
        return "; ".join(["", *(dict.fromkeys(advice_text[item] for item in wrong))])

    return pl.Series([hint(cell) for cell in cells], dtype=pl.String)


def _with_normal_isrc(rows: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    rows = rows.with_columns(isrc=normalise_isrc_expr("isrc"), isrc_original=pl.col("isrc"))
    is_malformed = rows["isrc"].is_null() & rows["isrc_original"].is_not_null()
    return rows, int(is_malformed.sum())


def _with_normal_standards(rows: pl.DataFrame, contract: type[Contract]) -> pl.DataFrame:
    """Identifiers in their normal form, with the sent value in another column."""
    for name, traits in contract.traits().items():
        if traits.standard is None or f"{name}_original" not in rows.columns:
            continue
        normal = normalise(traits.standard, rows[name])
        is_changed = (normal != rows[name]).fill_null(False)
        if is_changed.any():
            original = rows[name].set(~is_changed, None).alias(f"{name}_original")
            rows = rows.with_columns(normal, original)
    return rows


def _check_digit_warnings(rows: pl.DataFrame, contract: type[Contract]) -> Counter[str]:
    warnings: Counter[str] = Counter()
    for name, traits in contract.traits().items():
        if traits.standard:
            wrong = wrong_check_digits(traits.standard, rows[name])
            warnings[f"{name}: wrong check digit"] += int(rows[name].is_in(wrong).sum())
    return warnings


def _list_warnings(rows: pl.DataFrame, contract: type[Contract]) -> Counter[str]:
    """Ids of a list that look like several; no rule, since an id may hold any character."""
    warnings: Counter[str] = Counter()
    for name, traits in contract.traits().items():
        if traits.kind == "list" and not traits.listed() and not traits.item_pattern:
            count = int(rows[name].explode().str.contains("[,;]").sum() or 0)
            warnings[f"{name}: {SEPARATOR_IN_ID}"] += count
    return warnings


def _part_batch(rows: pl.DataFrame, part: NestedRows) -> Batch:
    return Batch(part.rows(rows), lambda: pl.Series(dtype=pl.String))


def _part_faults(rows: pl.DataFrame, part: NestedRows) -> pl.DataFrame:
    """The faults of rows inside a cell, reported for the row that has the cell."""
    checked = check(_part_batch(rows, part), part.contract)
    is_again = checked.rows.select("row_number", *part.key).is_duplicated()
    again = checked.rows["row_number"].filter(is_again).unique()
    faults = pl.concat([checked.faults, fault(again, "given_twice", ADVICE["given_twice"])])
    of_a_cell = pl.col("rule").str.contains(".", literal=True)
    return faults.with_columns(
        rule=pl.lit(f"{part.column}.") + pl.col("rule"),
        details=pl.when(of_a_cell)
        .then(pl.lit(f"{part.column}.") + pl.col("details"))
        .otherwise(pl.lit(f"{part.column}: ") + pl.col("details")),
    ).unique(maintain_order=True)
