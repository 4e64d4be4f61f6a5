"""The tables of a package: the report of each, and how its rows become files.

Nothing is computed here; the reports have all figures. `packages` decides which files a package
has.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from linernotes.base.errors import LinernotesError
from linernotes.base.money import money_text
from linernotes.base.sql import literal
from linernotes.packages.cells import escaped_cell_sql

# Fixed, so that the same rows give the same bytes on every machine.
PARQUET_OPTIONS = "format parquet, compression zstd, row_group_size 122880"
# The schema that keeps the tables' rows while a package is written, named like the reports.
KEPT = "memory.main"
# More rows would take too much memory for the time saved: they are sorted for each file.
MOST_KEPT_ROWS = 100_000
CSV_OPTIONS = "format csv, header, delimiter ',', quote '\"', escape '\"', nullstr ''"


@dataclass(frozen=True)
class PackageTable:
    """One table of a package.

    Attributes:
        name: Stem of its files.
        title: Name of its sheet.
        report: The report that it shows, filtered only by partner and month.
        about: What a row is, for README.txt.
        formats: The formats of its data files.
        money: Amounts in minor units, each with the column of its currency.
        sorted_by: Columns that are first in the sort order; all others follow in table order.
        since: The first version of the manifest whose packages have it.
    """

    name: str
    title: str
    report: str
    about: str
    formats: tuple[str, ...] = ("csv", "parquet")
    money: dict[str, str] = field(default_factory=dict)
    sorted_by: tuple[str, ...] = ()
    since: int = 1


TABLES = (
    PackageTable(
        name="compensation_lines",
        title="Compensation lines",
        report="rpt_partner__compensation_lines",
        about="each amount owed or held, and the consent behind it",
        money={"amount": "currency_code"},
        sorted_by=(
            "statement_id",
            "usage_month",
            "product_id",
            "territory",
            "tier",
            "side",
            "line_type",
            "member_party_id",
            "title",
            "object_id",
        ),
    ),
    PackageTable(
        name="member_statements",
        title="Members and labels",
        report="rpt_partner__member_statements",
        about="each statement by member or label",
        formats=("csv",),
        money={
            "earned_amount": "currency_code",
            "fee_amount": "currency_code",
            "closing_amount": "currency_code",
            "held_amount": "currency_code",
        },
    ),
    PackageTable(
        name="pool_totals",
        title="Pool totals",
        report="rpt_partner__pool_totals",
        about="what you need to recompute your share of each pool",
        formats=("csv",),
        money={
            "fee_payout_amount": "payout_currency_code",
            "payable_amount": "payout_currency_code",
            "held_amount": "payout_currency_code",
        },
    ),
    PackageTable(
        name="artists",
        title="Artists and writers",
        report="rpt_partner__artists",
        about="what each main artist's recordings and each writer's works earned, on which consent",
        formats=("csv",),
        money=dict.fromkeys(
            ("gross_amount", "held_amount", "consented_amount", "contract_default_amount"),
            "currency_code",
        ),
        sorted_by=("contract_id", "role", "party_name", "party_id"),
        since=3,
    ),
    PackageTable(
        name="ai_usage",
        title="AI usage",
        report="rpt_partner__ai_usage_monthly",
        about="generations and plays by product, use and territory",
    ),
    PackageTable(
        name="consents",
        title="Consents",
        report="rpt_partner__consents",
        about="each decision and clause that a line cites, that is in force or that changed",
    ),
    PackageTable(
        name="credit_gaps",
        title="Credit gaps",
        report="rpt_partner__credit_gaps",
        about="each name of yours that a derivative does not show",
        formats=("csv",),
        since=3,
    ),
    PackageTable(
        name="fan_connection",
        title="Fan connection",
        report="rpt_partner__fan_connection",
        about="audiences per recording and territory, small ones hidden",
        formats=("csv",),
        since=3,
    ),
    PackageTable(
        name="removals",
        title="Removals",
        report="rpt_partner__removal_actions",
        about="each action against content that is new, changed or in force, with its appeal",
    ),
    PackageTable(
        name="removals_monthly",
        title="Removals summary",
        report="rpt_partner__removals_monthly",
        about="the actions counted by reason, AI status and source",
        formats=("csv",),
    ),
)


@dataclass(frozen=True)
class Column:
    """One column of a report, with its type in the warehouse."""

    name: str
    type: str

    @property
    def is_month(self) -> bool:
        return self.type == "DATE" and (self.name == "month" or self.name.endswith("_month"))

    @property
    def is_decimal(self) -> bool:
        return self.type.startswith("DECIMAL")

    @property
    def scale(self) -> int:
        """The decimal places of a decimal."""
        return int(self.type.rstrip(")").split(",")[1])

    @property
    def is_whole_number(self) -> bool:
        return self.type in {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UBIGINT"}

    @property
    def is_list(self) -> bool:
        return self.type.endswith("[]")


@dataclass(frozen=True)
class TableRows:
    """The rows of one table for one partner and month, stored in order.

    Attributes:
        member: The member or label to which the rows are restricted; empty for all.
    """

    connection: duckdb.DuckDBPyConnection
    table: PackageTable
    columns: tuple[Column, ...]
    member: str = ""

    def count(self) -> int:
        return self._one_row("count(*)")[0]

    def control_totals(self, currencies: list[str]) -> dict[str, dict[str, str]]:
        """The sum of every amount, per currency; the given currencies are included even at 0."""
        totals: dict[str, dict[str, str]] = {}
        for name, currency_column in sorted(self.table.money.items()):
            for currency in currencies:
                totals.setdefault(currency, {})[name] = money_text(Decimal(0), currency)
            sums = self._query(f"{currency_column}, sum({name})", "group by all").fetchall()
            for currency, amount in sums:
                totals.setdefault(currency, {})[name] = money_text(Decimal(amount or 0), currency)
        return dict(sorted(totals.items()))

    def control_counts(self) -> dict[str, str]:
        """The sum of every count and quantity."""
        names = [
            column.name
            for column in self.columns
            if column.is_whole_number and column.name.endswith(("_count", "quantity"))
        ]
        if not names:
            return {}
        sums = self._one_row(", ".join(f"coalesce(sum({name}), 0)::varchar" for name in names))
        return dict(zip(names, sums, strict=True))

    def write(self, path: Path, schema: str = "") -> None:
        """Writes the rows in the format given by the file's extension.

        Args:
            path: The file.
            schema: The description of the columns as JSON, for the metadata of a Parquet file.
        """
        if path.suffix == ".parquet":
            selection = ", ".join(self._as_value(column) for column in self.columns)
            options = PARQUET_OPTIONS
            if schema:
                options += f", kv_metadata {{ table_schema: {literal(schema)} }}"
        else:
            selection = ", ".join(self._as_text(column) for column in self.columns)
            options = CSV_OPTIONS
        self.connection.execute(f"copy ({self._sql(selection)}) to {literal(path)} ({options})")

    @property
    def relation(self) -> str:
        """SQL after `from` for the rows, in the order of the files."""
        own = f" where report.member_party_id = {literal(self.member)}" if self.member else ""
        return f"{KEPT}.{self.table.report} as report{own}"

    def distinct(self, names: list[str]) -> dict[str, list[str]]:
        """All distinct values of some columns, in order."""
        if not names:
            return {}
        values = self._one_row(", ".join(map(every_value, names)))
        return {name: sorted(listed or []) for name, listed in zip(names, values, strict=True)}

    def payable_and_held_by(self, names: tuple[str, ...]) -> list[tuple[Any, ...]]:
        """Per combination of columns and currency: payable and held amounts, and the line count."""
        keys, order = ", ".join((*names, "currency_code")), ", ".join(("currency_code", *names))
        sums = (
            "coalesce(sum(amount) filter (where hold_bucket is null), 0), "
            "coalesce(sum(amount) filter (where hold_bucket is not null), 0), count(*)"
        )
        return self._query(
            f"{keys}, {sums}", f"group by all order by {order} nulls last"
        ).fetchall()

    def text_widths(self) -> dict[str, int]:
        """The length of the longest text of each column, as displayed."""
        widths = ", ".join(f"max(length(report.{column.name}::varchar))" for column in self.columns)
        longest = self._one_row(widths)
        return {
            column.name: width or 0 for column, width in zip(self.columns, longest, strict=True)
        }

    def _one_row(self, selection: str) -> tuple[Any, ...]:
        row = self._query(selection).fetchone()
        assert row is not None
        return row

    def _query(self, selection: str, rest: str = "") -> duckdb.DuckDBPyConnection:
        return self.connection.cursor().execute(self._sql(selection, rest))

    def _sql(self, selection: str, rest: str = "") -> str:
        return f"select {selection} from {self.relation} {rest}"

    def _as_value(self, column: Column) -> str:
        value = f"report.{column.name}"
        if column.is_month:
            value = f"strftime({value}, '%Y-%m')"
        elif column.type == "HUGEINT":
            # Parquet has no integer of this size; DuckDB would write a double.
            value = f"{value}::decimal(38, 0)"
        return f"{value} as {column.name}"

    def _as_text(self, column: Column) -> str:
        value = f"report.{column.name}"
        if column.is_month:
            value = f"strftime({value}, '%Y-%m')"
        elif column.type == "TIMESTAMP":
            value = f"replace({value}::varchar, ' ', 'T') || 'Z'"
        elif column.type == "VARCHAR":
            value = escaped_cell_sql(value)
        elif column.is_list:
            value = f"to_json({value})::varchar"
        else:
            value = f"{value}::varchar"
        return f"{value} as {column.name}"


def every_value(name: str) -> str:
    """SQL for the list of all values of a column."""
    return f"list(distinct {name}) filter (where {name} is not null)"


def table_rows(
    connection: duckdb.DuckDBPyConnection, partner_id: str, month: date
) -> list[TableRows]:
    """The rows of every table for one partner and month.

    Each report is read and sorted once, and the rows are kept in DuckDB's memory unless there are
    very many, because all files and figures of the package are made from them.

    Raises:
        LinernotesError: if the published warehouse lacks a report.
    """
    described: dict[str, list[Column]] = {}
    for report, name, data_type in connection.execute(
        "select table_name, column_name, data_type from duckdb_columns() "
        "where database_name = 'published' and schema_name = 'reports' "
        "order by table_name, column_index"
    ).fetchall():
        described.setdefault(report, []).append(Column(name, data_type))
    for table in TABLES:
        if table.report not in described:
            raise LinernotesError(
                f"The published warehouse has no reports.{table.report}: run `linernotes build`."
            )
        rows = (
            f"select report.* from published.reports.{table.report} as report "
            f"where report.partner_id = {literal(partner_id)} "
            f"and report.report_month = date '{month}'"
        )
        [(count,)] = connection.execute(f"select count(*) from ({rows})").fetchall()
        connection.execute(
            f"create or replace {'table' if count <= MOST_KEPT_ROWS else 'view'} "
            f"{KEPT}.{table.report} as {rows} order by {_order(table, described[table.report])}"
        )
    return [TableRows(connection, table, tuple(described[table.report])) for table in TABLES]


def _order(table: PackageTable, columns: list[Column]) -> str:
    """The order of a table's rows: its own columns first, then all others in table order."""
    names = [column.name for column in columns]
    first = [name for name in table.sorted_by if name in names]
    rest = [name for name in names if name not in first]
    return ", ".join(f"report.{name} nulls first" for name in (*first, *rest))
