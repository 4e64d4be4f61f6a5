"""Traces a line to its events, terms and decisions, and an event to its lines.

Issued lines are traced in the ledger's evidence, others in the published warehouse; contracts,
decisions and revenue include all versions in the lake.
"""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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

Row = dict[str, Any]
# Lines that do not depend on uses, and are not calculated from other lines.
CAUSES = ("TRAINING_FEE", "PENALTY", "MG_TRUE_UP")


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
        found = _rows(connection, "select * from all_lines where line_id = ?", [line_id])
        if not found:
            raise LinernotesError(
                f"There is no line `{line_id}` in the ledger or the published warehouse: copy an "
                "id from marts.fct_compensation_lines or from a package."
            )
        line = found[0]
        uses = _rows(
            connection, "select * from issued_uses where line_id = ? order by use_id", [line_id]
        )
        if not uses and line["pool_id"]:
            uses = _uses_of_key(connection, line)
        if not uses and line["original_line_id"]:
            uses = _rows(
                connection,
                "select * from issued_uses where line_id = ? order by use_id",
                [line["original_line_id"]],
            )
        if not uses and line["pool_id"] and line["object_id"]:
            uses = _uses_of_object(connection, line)
        contract = _rows(
            connection,
            "select * from marts.dim_contracts where contract_id = ? and contract_version = ?",
            [line["contract_id"], line["contract_version"]],
        )
        return LineTrace(
            line=line,
            statement=_statement(connection, line),
            pool=_pool(connection, line),
            contract=contract,
            decisions=_decisions(connection, line),
            revenue=_revenue(connection, line),
            uses=uses,
            inclusions=_inclusions(connection, line, contract),
            artificial_plays=_artificial_plays(connection, line),
            computed_from=_computed_from(connection, line),
            related=_rows(
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
        uses = _rows(
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
        lines = _rows(
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


def _uses_of_key(connection: duckdb.DuckDBPyConnection, line: Row) -> list[Row]:
    conditions = " and ".join(f"{name} is not distinct from ${name}" for name in KEYS)
    return _rows(
        connection,
        f"select * from {with_released('marts.fct_source_uses')} "
        f"where {conditions} and exclusion_reason is null "
        "order by use_id",
        {name: line[name] for name in KEYS},
    )


def _uses_of_object(connection: duckdb.DuckDBPyConnection, line: Row) -> list[Row]:
    """Uses of the line's object in its pool; if there are none, those excluded by a removal."""
    pool = ("usage_month", "territory", "product_id", "tier")
    values = {name: line[name] for name in (*pool, "side", "object_id")}
    same_pool = " and ".join(f"{name} = ${name}" for name in pool)
    of_object = "side = $side and object_id = $object_id"
    found = _rows(
        connection,
        f"select * from marts.fct_source_uses where {same_pool} and {of_object} "
        "and exclusion_reason is null order by use_id",
        values,
    )
    # Uses outside pools have no weight.
    return found or _rows(
        connection,
        "select * from (select * from marts.fct_source_uses limit 0) union all by name "
        f"select *, 0 as weight_nano from marts.fct_exclusions where {same_pool} "
        "and exclusion_reason = 'removed' and derivative_id in ("
        f"select derivative_id from issued_uses where {of_object} "
        f"union select derivative_id from marts.fct_source_uses where {of_object}) "
        "order by use_id",
        values,
    )


def _inclusions(connection: duckdb.DuckDBPyConnection, line: Row, contract: list[Row]) -> list[Row]:
    if line["line_type"] != "TRAINING_FEE":
        return []
    return _rows(
        connection,
        "select * from marts.fct_training_inclusions where list_contains(?, model_version) "
        "and side = ? and object_id = ? order by model_version",
        [
            [one["training_fee_model_version"] for one in contract],
            line["side"],
            line["object_id"],
        ],
    )


def _artificial_plays(connection: duckdb.DuckDBPyConnection, line: Row) -> list[Row]:
    if line["line_type"] != "PENALTY":
        return []
    return _rows(
        connection,
        "select * from marts.fct_artificial_plays where usage_month = ? and derivative_id in "
        "(select derivative_id from marts.fct_source_uses where side = 'MASTER' and object_id = ?) "
        "order by play_date, derivative_id, territory, tier",
        [line["usage_month"], line["object_id"]],
    )


def _computed_from(connection: duckdb.DuckDBPyConnection, line: Row) -> list[Row]:
    """Lines of the term's own month, or of all earlier months if it has none."""
    if line["contract_id"] is None or line["pool_id"] or line["line_type"] in CAUSES:
        return []
    of_contract = (
        "select * from all_lines where contract_id = $contract and hold_bucket is null "
        f"and (pool_id is not null or line_type in {CAUSES}) "
        "and ($type <> 'FEE' or member_party_id is not distinct from $member) "
        "and ($type <> 'WITHHOLDING' or territory = $territory) "
    )
    order = " order by report_month, line_type, line_id"
    values = {
        "contract": line["contract_id"],
        "type": line["line_type"],
        "member": line["member_party_id"],
        "territory": line["territory"],
    }
    # A release of a reserve has the month of its take as usage month.
    is_release = line["line_type"] == "RESERVE_RELEASE"
    own_month = line["usage_month"] if is_release else line["report_month"]
    return _rows(
        connection, f"{of_contract} and report_month = $month{order}", values | {"month": own_month}
    ) or _rows(
        connection,
        f"{of_contract} and report_month <= $month{order}",
        values | {"month": line["report_month"]},
    )


def _statement(connection: duckdb.DuckDBPyConnection, line: Row) -> list[Row]:
    if line["contract_id"] is None:
        return []
    place = [line["contract_id"], line["report_month"]]
    where = "where contract_id = ? and report_month = ?"
    if line["state"] == "issued":
        return _rows(connection, f"select * from issued_statements {where}", place)
    return _rows(connection, f"select * from marts.fct_statements {where}", place)


def _pool(connection: duckdb.DuckDBPyConnection, line: Row) -> list[Row]:
    if line["pool_id"] is None:
        return []
    place = [line["pool_id"], line["contract_id"], line["contract_version"]]
    where = "where pool_id = ? and contract_id = ? and contract_version = ?"
    if line["state"] == "issued":
        found = _rows(connection, f"select * from issued_pools {where}", place)
        if found:
            return found
    found = _rows(connection, f"select * from marts.fct_pool_fees {where}", place)
    return found or _rows(
        connection, "select * from marts.fct_pools where pool_id = ?", [line["pool_id"]]
    )


def _decisions(connection: duckdb.DuckDBPyConnection, line: Row) -> list[Row]:
    named = [one for one in (line["consent_proof_id"] or "").split("+") if one and "#" not in one]
    if not named or not _has(connection, "decisions"):
        return []
    return _rows(
        connection,
        "select * from decisions where list_contains(?, decision_id) "
        "order by decision_id, recorded_at",
        [named],
    )


def _revenue(connection: duckdb.DuckDBPyConnection, line: Row) -> list[Row]:
    if line["pool_id"] is None or not _has(connection, "revenue"):
        return []
    return _rows(
        connection,
        "select * from revenue where usage_month = ? and territory = ? and product_id = ? "
        "and tier = ? order by recorded_at",
        [f"{line['usage_month']:%Y-%m}", line["territory"], line["product_id"], line["tier"]],
    )


def _has(connection: duckdb.DuckDBPyConnection, view: str) -> bool:
    found = connection.execute(
        "select count(*) from duckdb_views() where view_name = ?", [view]
    ).fetchone()
    return bool(found and found[0])


def _rows(
    connection: duckdb.DuckDBPyConnection, query: str, values: list | dict | None = None
) -> list[Row]:
    cursor = connection.execute(query, values)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
