"""The queries of a trace: the uses, terms, decisions and revenue behind a line.

Each reads a connection of `tracing.open_evidence`.
"""

from typing import Any

import duckdb

from linernotes.ledger.line_uses import KEYS, with_released

Row = dict[str, Any]
# Lines that do not depend on uses, and are not calculated from other lines.
CAUSES = ("TRAINING_FEE", "PENALTY", "MG_TRUE_UP")


def uses_of_key(connection: duckdb.DuckDBPyConnection, line: Row) -> list[Row]:
    conditions = " and ".join(f"{name} is not distinct from ${name}" for name in KEYS)
    return rows_of(
        connection,
        f"select * from {with_released('marts.fct_source_uses')} "
        f"where {conditions} and exclusion_reason is null "
        "order by use_id",
        {name: line[name] for name in KEYS},
    )


def uses_of_object(connection: duckdb.DuckDBPyConnection, line: Row) -> list[Row]:
    """Uses of the line's object in its pool; if there are none, those excluded by a removal."""
    pool = ("usage_month", "territory", "product_id", "tier")
    values = {name: line[name] for name in (*pool, "side", "object_id")}
    same_pool = " and ".join(f"{name} = ${name}" for name in pool)
    of_object = "side = $side and object_id = $object_id"
    found = rows_of(
        connection,
        f"select * from marts.fct_source_uses where {same_pool} and {of_object} "
        "and exclusion_reason is null order by use_id",
        values,
    )
    # Uses outside pools have no weight.
    return found or rows_of(
        connection,
        "select * from (select * from marts.fct_source_uses limit 0) union all by name "
        f"select *, 0 as weight_nano from marts.fct_exclusions where {same_pool} "
        "and exclusion_reason = 'removed' and derivative_id in ("
        f"select derivative_id from issued_uses where {of_object} "
        f"union select derivative_id from marts.fct_source_uses where {of_object}) "
        "order by use_id",
        values,
    )


def inclusions(connection: duckdb.DuckDBPyConnection, line: Row, contract: list[Row]) -> list[Row]:
    if line["line_type"] != "TRAINING_FEE":
        return []
    return rows_of(
        connection,
        "select * from marts.fct_training_inclusions where list_contains(?, model_version) "
        "and side = ? and object_id = ? order by model_version",
        [
            [one["training_fee_model_version"] for one in contract],
            line["side"],
            line["object_id"],
        ],
    )


def artificial_plays(connection: duckdb.DuckDBPyConnection, line: Row) -> list[Row]:
    if line["line_type"] != "PENALTY":
        return []
    return rows_of(
        connection,
        "select * from marts.fct_artificial_plays where usage_month = ? and derivative_id in "
        "(select derivative_id from marts.fct_source_uses where side = 'MASTER' and object_id = ?) "
        "order by play_date, derivative_id, territory, tier",
        [line["usage_month"], line["object_id"]],
    )


def computed_from(connection: duckdb.DuckDBPyConnection, line: Row) -> list[Row]:
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
    return rows_of(
        connection, f"{of_contract} and report_month = $month{order}", values | {"month": own_month}
    ) or rows_of(
        connection,
        f"{of_contract} and report_month <= $month{order}",
        values | {"month": line["report_month"]},
    )


def statement_of(connection: duckdb.DuckDBPyConnection, line: Row) -> list[Row]:
    if line["contract_id"] is None:
        return []
    place = [line["contract_id"], line["report_month"]]
    where = "where contract_id = ? and report_month = ?"
    if line["state"] == "issued":
        return rows_of(connection, f"select * from issued_statements {where}", place)
    return rows_of(connection, f"select * from marts.fct_statements {where}", place)


def pool_of(connection: duckdb.DuckDBPyConnection, line: Row) -> list[Row]:
    if line["pool_id"] is None:
        return []
    place = [line["pool_id"], line["contract_id"], line["contract_version"]]
    where = "where pool_id = ? and contract_id = ? and contract_version = ?"
    if line["state"] == "issued":
        found = rows_of(connection, f"select * from issued_pools {where}", place)
        if found:
            return found
    found = rows_of(connection, f"select * from marts.fct_pool_fees {where}", place)
    return found or rows_of(
        connection, "select * from marts.fct_pools where pool_id = ?", [line["pool_id"]]
    )


def decisions_of(connection: duckdb.DuckDBPyConnection, line: Row) -> list[Row]:
    named = [one for one in (line["consent_proof_id"] or "").split("+") if one and "#" not in one]
    if not named or not _has(connection, "decisions"):
        return []
    return rows_of(
        connection,
        "select * from decisions where list_contains(?, decision_id) "
        "order by decision_id, recorded_at",
        [named],
    )


def revenue_of(connection: duckdb.DuckDBPyConnection, line: Row) -> list[Row]:
    if line["pool_id"] is None or not _has(connection, "revenue"):
        return []
    return rows_of(
        connection,
        "select * from revenue where usage_month = ? and territory = ? and product_id = ? "
        "and tier = ? order by recorded_at",
        [f"{line['usage_month']:%Y-%m}", line["territory"], line["product_id"], line["tier"]],
    )


def rows_of(
    connection: duckdb.DuckDBPyConnection, query: str, values: list | dict | None = None
) -> list[Row]:
    cursor = connection.execute(query, values)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _has(connection: duckdb.DuckDBPyConnection, view: str) -> bool:
    found = connection.execute(
        "select count(*) from duckdb_views() where view_name = ?", [view]
    ).fetchone()
    return bool(found and found[0])
