"""Traces a line to its events, terms and decisions, and an event to its lines.

Issued lines are traced in the ledger's evidence, others in the published warehouse; contracts,
decisions and revenue include all versions in the lake.
"""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from linernotes.base.errors import LinernotesError
from linernotes.base.published import open_published
from linernotes.base.settings import Settings
from linernotes.base.sql import literal
from linernotes.ingestion import Lake
from linernotes.ledger.files import (
    LINES_FILE,
    POOLS_FILE,
    STATEMENTS_FILE,
    USES_FILE,
    issuance_folders,
)
from linernotes.ledger.line_uses import KEYS, with_released
from linernotes.lookback.trace_queries import (
    Row,
    artificial_plays,
    computed_from,
    decisions_of,
    inclusions,
    pool_of,
    revenue_of,
    rows_of,
    statement_of,
    uses_of_key,
    uses_of_object,
)


@dataclass(frozen=True)
class LineTrace:
    """The trace of a line. Every part is a list of rows by column name.

    Attributes:
        line: The line itself, with `state` issued or draft.
        statement: Its statement; empty for money without a contract.
        pool: Totals, arms and rates of the pool of its fee.
        contract: The version of the contract that priced it.
        decisions: Every version of the decisions that its proof names.
        revenue: Every version of the pool's revenue that was recorded.
        uses: The uses with weight in it, with events and weights; their weights sum to the line's.
        If they were withdrawn or moved to another line since: those of the line that it corrects,
        or else all present uses of its object in the pool.
        inclusions: The objects used in training, for a training fee.
        artificial_plays: The reason for a penalty.
        computed_from: Lines from which a term of a statement (fee, tax, reserve, advance, balance)
        is calculated.
        related: Lines that it corrects or that correct it.
    """

    line: Row
    statement: list[Row] = field(default_factory=list)
    pool: list[Row] = field(default_factory=list)
    contract: list[Row] = field(default_factory=list)
    decisions: list[Row] = field(default_factory=list)
    revenue: list[Row] = field(default_factory=list)
    uses: list[Row] = field(default_factory=list)
    inclusions: list[Row] = field(default_factory=list)
    artificial_plays: list[Row] = field(default_factory=list)
    computed_from: list[Row] = field(default_factory=list)
    related: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class EventTrace:
    """The trace of an event.

    Attributes:
        event_id: The given id, of a generation, derivative or use.
        uses: Its present uses, each with the reason if it is in no pool.
        lines: Issued and draft lines in which its uses have weight, with that weight.
    """

    event_id: str
    uses: list[Row]
    lines: list[Row]


def trace_line(settings: Settings, line_id: str) -> LineTrace:
    """Traces a line.

    Raises:
        LinernotesError: if the line is neither issued nor published.
    """
    with open_evidence(settings) as connection:
        found = rows_of(connection, "select * from all_lines where line_id = ?", [line_id])
        if not found:
            raise LinernotesError(
                f"There is no line `{line_id}` in the ledger or the published warehouse: copy an "
                "id from marts.fct_compensation_lines or from a package."
            )
        line = found[0]
        uses = rows_of(
            connection, "select * from issued_uses where line_id = ? order by use_id", [line_id]
        )
        if not uses and line["pool_id"]:
            uses = uses_of_key(connection, line)
        if not uses and line["original_line_id"]:
            uses = rows_of(
                connection,
                "select * from issued_uses where line_id = ? order by use_id",
                [line["original_line_id"]],
            )
        if not uses and line["pool_id"] and line["object_id"]:
            uses = uses_of_object(connection, line)
        contract = rows_of(
            connection,
            "select * from marts.dim_contracts where contract_id = ? and contract_version = ?",
            [line["contract_id"], line["contract_version"]],
        )
        return LineTrace(
            line=line,
            statement=statement_of(connection, line),
            pool=pool_of(connection, line),
            contract=contract,
            decisions=decisions_of(connection, line),
            revenue=revenue_of(connection, line),
            uses=uses,
            inclusions=inclusions(connection, line, contract),
            artificial_plays=artificial_plays(connection, line),
            computed_from=computed_from(connection, line),
            related=rows_of(
                connection,
                "select * from all_lines where line_id <> $id and (original_line_id = $id or "
                "line_id = $original or original_line_id = $original) order by report_month, "
                "line_type, line_id",
                {"id": line_id, "original": line["original_line_id"]},
            ),
        )


def trace_event(settings: Settings, event_id: str) -> EventTrace:
    """Traces a generation, derivative or use to its lines, or to the reason why it has none.

    Raises:
        LinernotesError: if no event has that id.
    """
    with open_evidence(settings) as connection:
        _keep_named(connection, event_id)
        uses = rows_of(
            connection,
            """
            select use_id, generation_id, derivative_id, territory, product_id, tier, quantity,
                usage_month, null as side, null as object_id, exclusion_reason as reason
            from named_exclusions
            union all
            select use_id, generation_id, derivative_id, territory, product_id, tier, quantity,
                usage_month, side, object_id, coalesce(exclusion_reason, hold_bucket) as reason
            from named_uses
            order by all
            """,
            {},
        )
        same = " and ".join(f"uses.{name} is not distinct from lines.{name}" for name in KEYS)
        lines = rows_of(
            connection,
            f"""
            with
            issued as (
                select lines.*, wanted.use_id, wanted.weight_nano as use_weight_nano
                from named_issued_uses as wanted
                inner join all_lines as lines using (line_id)
            ),
            draft as (
                select lines.*, uses.use_id, uses.weight_nano as use_weight_nano
                from {with_released("named_uses")} as uses
                inner join all_lines as lines on {same}
                where
                    uses.exclusion_reason is null
                    and lines.state = 'draft'
                    and lines.pool_id is not null
            )
            select * from issued
            union all by name
            select * from draft
            order by report_month, line_type, line_id, use_id
            """,
            {},
        )
        if not uses and not lines:
            raise LinernotesError(
                f"There is no generation, derivative or use `{event_id}`: check the id, and "
                "whether its delivery was loaded and built."
            )
        return EventTrace(event_id, uses, lines)


def _keep_named(connection: duckdb.DuckDBPyConnection, event_id: str) -> None:
    """Selects the rows of an id, so that each large table is read once."""
    for name, table in (
        ("named_exclusions", "marts.fct_exclusions"),
        ("named_uses", "marts.fct_source_uses"),
        ("named_issued_uses", "issued_uses"),
    ):
        connection.execute(
            f"create temp table {name} as select * from {table} "
            "where $id in (use_id, generation_id, derivative_id)",
            {"id": event_id},
        )


@contextmanager
def open_evidence(settings: Settings) -> Generator[duckdb.DuckDBPyConnection]:
    """The published file, with views of the ledger and of the lake's licences."""
    lake = Lake(settings.lake_root, settings.quarantine_root)
    with open_published(settings) as connection:
        folders = issuance_folders(settings)
        for name, file in (
            ("issued_lines", LINES_FILE),
            ("issued_uses", USES_FILE),
            ("issued_pools", POOLS_FILE),
            ("issued_statements", STATEMENTS_FILE),
        ):
            _view(connection, name, [folder / file for folder in folders])
        for name, table in (
            ("decisions", "raw_licensing__consents"),
            ("revenue", "raw_finance__revenue"),
        ):
            if lake.path(table).exists():
                _view(connection, name, lake.active_files(table))
        drafted = "select *, 'draft' as state from marts.fct_compensation_lines where not is_issued"
        issued = "select *, 'issued' as state from issued_lines"
        lines = f"{issued} union all by name {drafted}" if folders else drafted
        connection.execute(f"create temp view all_lines as {lines}")
        if not folders:
            connection.execute(
                "create temp view issued_uses as select null::varchar as line_id, * from "
                "marts.fct_source_uses limit 0"
            )
        yield connection


def _view(connection: duckdb.DuckDBPyConnection, name: str, files: list[Path]) -> None:
    if files:
        listed = ", ".join(map(literal, files))
        connection.execute(f"create temp view {name} as from read_parquet([{listed}])")
