"""Links a figure to the rows that it sums.

Each row set defines its published table and what a row counts; nothing else is computed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from linernotes.dashboard import wording
from linernotes.dashboard.blocks import Column, Kind, Link, Table
from linernotes.dashboard.figures import Figures
from linernotes.dashboard.formats import Money, uses_of
from linernotes.dashboard.measures import INDICATIVE, MEASURES
from linernotes.dashboard.row_tables import (
    GRAINS,
    HIDDEN,
    KEYS,
    RECORDS,
    SHOWN,
    TABLES,
    TITLES,
    row_href,
)
from linernotes.dashboard.selection import NAMES, NotThere
from linernotes.packages import wording as codes

ROWS_SHOWN = 100
MOST_ROWS = 100_000
# The columns from which the currency of an amount is taken.
CURRENCIES = ("currency_code", "reporting_currency_code", "payout_currency_code")


@dataclass(frozen=True)
class RowSet:
    """The rows behind a figure.

    Attributes:
        name: The table's name in addresses; empty if it has none.
        relation: The published table.
        conditions: SQL conditions for the rows.
        parameters: Its parameters by position.
        value: SQL of the value that a row counts; empty if nothing is counted.
        distinct: SQL of the key that is counted once, however many rows have it; else empty.
        is_money: Whether the value is an amount in the reporting currency or its own.
    """

    name: str
    relation: str
    conditions: tuple[str, ...]
    parameters: tuple[Any, ...]
    value: str = ""
    currency: str = ""
    distinct: str = ""

    @property
    def is_weight_of_uses(self) -> bool:
        return self.name == "uses" and self.value == "weight_nano"

    def shown(self, value: Any) -> Any:
        """A value as people read it: a weight is shown in uses, not in nano-uses."""
        is_weight = self.value.endswith("weight_nano") and value is not None
        return uses_of(value) if is_weight else value


def metric_rows(
    figures: Figures, metric: str, months: Sequence[date], where: Mapping[str, Sequence[str]]
) -> RowSet:
    """The rows of a metric that is not a ratio, filtered by the selection and by `where`."""
    figures.info(metric)
    source = figures.view.catalog.source(metric)
    conditions = [
        f"cast(date_trunc('month', {source.month}) as date) between ? and ?",
        f"({source.value}) is not null",
    ]
    if source.is_sum:
        conditions.append(f"({source.value}) <> 0")
    parameters: list[Any] = [months[0], months[-1]]
    wanted = figures.filters(set(source.dimensions)) | {
        name: tuple(values) for name, values in where.items()
    }
    for name, values in wanted.items():
        if name not in source.dimensions:
            raise NotThere(f"{figures.info(metric).label} is not available by {codes.plain(name)}.")
        expression = source.dimensions[name]
        if values == ("",):
            conditions.append(f"({expression}) is null")
        else:
            conditions.append(f"list_contains(?, {expression})")
            parameters.append(values)
    name = next((key for key, table in TABLES.items() if table == source.table), "")
    is_money = figures.info(metric).unit == "money"
    in_reporting = source.dimensions.get("currency_code") == "reporting_currency_code"
    return RowSet(
        name,
        source.table,
        tuple(conditions),
        tuple(parameters),
        source.value if source.is_sum else "",
        (figures.currency if in_reporting else "own") if is_money else "",
        source.value if source.is_distinct else "",
    )


def measure_rows(figures: Figures, measure: str, part: str, month: date) -> RowSet:
    """The rows of a promise's measure in a month: of its numerator or its denominator.

    Raises:
        NotThere: if there is no such measure or part.
    """
    if measure == "held_long_share":
        condition = (
            "opened_month + interval 4 month <= ? + interval 1 month "
            "and hold_bucket <> 'BELOW_MINIMUM' "
            "and (released_month is null or released_month > ? or amount <> released_amount)"
        )
        return RowSet("holds", TABLES["holds"], (condition,), (month, month), "", "own")
    above, below = MEASURES.get(measure, (None, None))
    found = above if part == "numerator" else below if part == "denominator" else None
    if found is None:
        raise NotThere(f"There are no rows for “{measure}”.")
    conditions = [found.condition]
    parameters: list[Any] = []
    if found.month:
        conditions.append(f"{found.month} = ?")
        parameters.append(month)
    if found.instant:
        conditions.append(f"{found.instant} < cast(? as date) + interval 1 month")
        parameters.append(month)
    if found.until:
        conditions.append(f"{found.until} > cast(? as date)")
        parameters.append(month)
    return RowSet(
        found.table,
        TABLES[found.table],
        tuple(conditions),
        tuple(parameters),
        found.value,
        figures.currency if found.value == INDICATIVE else "",
    )


def table_rows(figures: Figures, name: str, where: Mapping[str, Sequence[str]]) -> RowSet:
    """The rows of a table whose columns have the given values; an empty value means null.

    Raises:
        NotThere: if there is no such table or column.
    """
    relation = TABLES.get(name)
    if relation is None:
        raise NotThere(f"There is no list “{name}”.")
    columns = _columns(figures, relation)
    conditions, parameters = [], []
    for column, values in where.items():
        if column not in columns:
            raise NotThere(f"{TITLES[name]} have no “{column}”.")
        if list(values) == [""]:
            conditions.append(f"{column} is null")
        elif list(values) == ["*"]:
            conditions.append(f"{column} is not null")
        else:
            conditions.append(f"list_contains(?, cast({column} as varchar))")
            parameters.append(tuple(values))
    return RowSet(name, relation, tuple(conditions), tuple(parameters))


def _columns(figures: Figures, relation: str) -> dict[str, str]:
    return {row[0]: row[1] for row in figures.view.rows(f"describe {relation}")}


@dataclass(frozen=True)
class Rows:
    """The result of a row set: the number of rows, their sum, and a page of them."""

    table: Table
    count: int
    total: Any


def read_rows(
    figures: Figures, wanted: RowSet, title: str, offset: int = 0, limit: int = ROWS_SHOWN
) -> Rows:
    """A page of rows, those with the highest values first, and the sum of all rows."""
    where = " and ".join(f"({one})" for one in wanted.conditions) or "true"
    short = wanted.relation.rsplit(".", 1)[1]
    relation = f"{wanted.relation} as {short}"
    columns = list(_columns(figures, wanted.relation))
    counted = f", ({wanted.value}) as counted" if wanted.value else ""
    summed = f"sum({wanted.value})" if wanted.value else "null"
    if wanted.distinct:
        summed = f"count(distinct {wanted.distinct})"
    [(count, total)] = figures.view.table(
        f"select count(*), {summed} from {relation} where {where}", wanted.parameters
    )[1]
    if wanted.is_weight_of_uses and count > MOST_ROWS:
        # The rows of a page are found by their values alone, before all columns are read. A use
        # weighs no more than its quantity, which DuckDB filters before it joins.
        [(least,)] = figures.view.table(
            f"select min(value) from (select abs({wanted.value}) as value from {relation} "
            f"where {where} order by value desc limit {offset + limit})",
            wanted.parameters,
        )[1]
        where += f" and quantity >= {int(uses_of(least))}"
    names, found = figures.view.table(
        f"with rows as (select {_selection(wanted, columns)}{counted} from {relation} "
        f"where {where}) select * from rows "
        f"order by {', '.join(_order_of(wanted, columns))} limit {limit} offset {offset}",
        wanted.parameters,
    )
    rows = [dict(zip(names, row, strict=True)) for row in found]
    shown = _shown_columns(wanted, names, rows)
    table = Table(
        wanted.name or short,
        title,
        [Column(_head(name, wanted), _kind_in(name, wanted, rows)) for name in shown],
        [[_cell(figures, wanted, name, row, shown[0]) for name in shown] for row in rows],
        row_limit=ROWS_SHOWN,
    )
    return Rows(table, count, wanted.shown(total))


def _order_of(wanted: RowSet, columns: Sequence[str]) -> list[str]:
    """The order of rows: the highest value or amount first, then by key."""
    highest = "counted" if wanted.value else "amount" if "amount" in columns else ""
    return [*([f"abs({highest}) desc nulls last"] if highest else []), *_keys_of(wanted, columns)]


def _keys_of(wanted: RowSet, columns: Sequence[str]) -> list[str]:
    if grain := GRAINS.get(wanted.name):
        return list(grain)
    key = KEYS.get(wanted.name)
    return list(dict.fromkeys([key, *columns[:6]] if key else columns[:8]))


def _selection(wanted: RowSet, columns: Sequence[str]) -> str:
    """The columns that are read: of a large table only those that a page needs."""
    shown = SHOWN.get(wanted.name)
    if shown is None:
        return "*"
    needed = {*shown, *RECORDS.get(wanted.name, ())[1:], *_keys_of(wanted, columns), *CURRENCIES}
    return ", ".join(name for name in columns if name in needed)


def _kind_in(name: str, wanted: RowSet, rows: Sequence[Mapping[str, Any]]) -> Kind:
    """The format of a column: by its name, and a decimal is always a number."""
    if name == "counted" and wanted.currency:
        return "money"
    kind = kind_of(name)
    is_decimal = any(isinstance(row[name], Decimal) for row in rows)
    return "number" if kind == "text" and is_decimal else kind


def _head(name: str, wanted: RowSet) -> str:
    if name == "counted":
        return f"Counted, {wanted.currency}" if wanted.currency not in ("", "own") else "Counted"
    return wording.column_name(name)


def _shown_columns(
    wanted: RowSet, names: Sequence[str], rows: Sequence[Mapping[str, Any]]
) -> list[str]:
    """The columns with values in these rows, the column with links first."""
    listed = SHOWN.get(wanted.name)
    shown = [
        name
        for name in names
        if (name in listed if listed else name not in HIDDEN)
        and name != "counted"
        and not ("counted" in names and name == "reporting_amount")
        and any(row[name] is not None for row in rows)
    ]
    key = KEYS.get(wanted.name)
    if key in shown:
        shown.remove(key)
        shown.insert(0, key)
    return [*shown[:1], *(["counted"] if "counted" in names else []), *shown[1:]] or list(names)[:1]


def kind_of(name: str) -> Kind:
    """The format of a column's values."""
    if name == "counted":
        return "number"
    endings: dict[str, Kind] = {
        "_month": "month",
        "_amount": "money",
        "_count": "count",
        "_quantity": "count",
        "_date": "date",
        "_at": "instant",
        "_seconds": "seconds",
        "_share": "share",
    }
    if name == "amount":
        return "money"
    if name in {"quantity", "minor_units", "subscribers"}:
        return "count"
    if name.startswith("seconds_"):
        return "seconds"
    return next((kind for ending, kind in endings.items() if name.endswith(ending)), "text")


def _cell(figures: Figures, wanted: RowSet, name: str, row: Mapping[str, Any], first: str) -> Any:
    value = wanted.shown(row[name]) if name == "counted" else row[name]
    if name == "counted" and wanted.currency and value is not None:
        is_own = wanted.currency == "own"
        return Money(value, (row.get("currency_code") or "") if is_own else wanted.currency)
    if is_amount(name) and value is not None:
        code = row.get("reporting_currency_code") if name == "reporting_amount" else None
        currency = code or row.get("currency_code") or row.get("payout_currency_code")
        value = Money(value, currency or figures.currency)
    elif isinstance(value, str):
        value = in_words(figures, name, value)
    elif isinstance(value, bool):
        value = "Yes" if value else "No"
    if name == first and (href := row_href(wanted.name, row)):
        return Link(value if value is not None else "–", href)
    return value


def is_amount(name: str) -> bool:
    """Whether a column holds amounts."""
    return name == "amount" or name.endswith("_amount")


def in_words(figures: Figures, column: str, code: str) -> str:
    """The text for a code of a column; ids and texts stay as they are."""
    for kind in NAMES:
        if column in {f"{kind}_id", kind}:
            return figures.names[kind].get(code, wording.CODES.get(code, code))
    if column == "product_ids":
        names = figures.names["product"]
        return ", ".join(names.get(one, one) for one in code.split("|"))
    is_code = column in {
        "side",
        "hold_bucket",
        "line_type",
        "step_name",
        "consent_status",
        "statement_state",
        "use_type",
        "tier",
        "programme_reason",
        "ai_status",
        "decision",
        "voice",
        "next_action_by",
        "exclusion_reason",
        "block_reason",
        "use_basis",
        "notifier_kind",
        "appeal_outcome",
        "model",
        "incident_kind",
        "incident_status",
        "severity",
        "balance_kind",
        "filing_state",
        "gap_reason",
    }
    return wording.code_text(column, code) if is_code else code
