"""Stores with a draft its evidence, and the reports that its package will show.

The evidence is its lines, the uses of each line, its pools, and the deliveries from which it was
calculated. Its package shows reports as of the
freeze of the draft: once the statement is issued, they are read only from here.

The rows come from the warehouse unchanged; `issuing` checks that they agree with the header.
"""

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from linernotes.base import durable
from linernotes.base.clock import instant
from linernotes.base.digests import file_sha256
from linernotes.base.settings import Settings
from linernotes.ingestion import DELIVERIES as REGISTER
from linernotes.ingestion import Lake
from linernotes.ledger.delivery_lists import DELIVERIES_KIND
from linernotes.ledger.files import (
    LINE_COLUMNS,
    LINES_KIND,
    POOL_COLUMNS,
    POOLS_KIND,
    USE_COLUMNS,
    USES_KIND,
    copy_to,
)
from linernotes.ledger.line_sets import ALL_LINES
from linernotes.ledger.line_uses import KEYS, with_released
from linernotes.ledger.records import StatementRecord, draft_path, month_start

USES = "marts.fct_source_uses"
POOLS = "reports.rpt_partner__pool_totals"
DELIVERIES = "quality.deliveries"
# The sequence is assigned when a statement is issued.
DRAFTED_LINE_COLUMNS = {name: type_ for name, type_ in LINE_COLUMNS.items() if name != "sequence"}
OF_PARTNER = "partner_id = $partner_id"
OF_MONTH = f"{OF_PARTNER} and report_month = $month"
OF_THE_CONTRACT = "contract_id = $contract_id"
OF_CONTRACT = f"{OF_MONTH} and {OF_THE_CONTRACT}"
# Kind of file beside a draft: the relation that a package reads, and the rows that are stored.
SHOWN = {
    "compensation_lines": ("reports.rpt_partner__compensation_lines", OF_CONTRACT),
    "member_statements": ("reports.rpt_partner__member_statements", OF_CONTRACT),
    "pool_totals": ("reports.rpt_partner__pool_totals", OF_CONTRACT),
    "ai_usage_monthly": ("reports.rpt_partner__ai_usage_monthly", OF_MONTH),
    "consents": ("reports.rpt_partner__consents", OF_MONTH),
    "removal_actions": ("reports.rpt_partner__removal_actions", OF_MONTH),
    "removal_money": ("reports.rpt_partner__removal_money", OF_MONTH),
    "removals_monthly": ("reports.rpt_partner__removals_monthly", OF_MONTH),
    "credit_coverage": ("reports.rpt_partner__credit_coverage", OF_MONTH),
    "credit_gaps": ("reports.rpt_partner__credit_gaps", OF_MONTH),
    "fan_uplift": ("reports.rpt_partner__fan_uplift", OF_MONTH),
    "fan_connection": ("reports.rpt_partner__fan_connection", OF_MONTH),
    "partners": ("marts.dim_partners", OF_PARTNER),
    "products": ("marts.dim_products", "true"),
    "artists": ("reports.rpt_partner__artists", OF_CONTRACT),
    "recording_writers": ("reports.rpt_partner__recording_writers", OF_MONTH),
    "balances": ("marts.fct_balances", OF_CONTRACT),
    "contracts": ("marts.dim_contracts", OF_THE_CONTRACT),
    "withholding_rates": ("marts.dim_withholding_rates", OF_THE_CONTRACT),
    "exchange_rates": (
        "marts.fct_exchange_rates",
        "rate_date = (select max(rate_date) from published.marts.fct_exchange_rates "
        "where rate_date < $month + interval 1 month)",
    ),
}
# For a kind with many rows their key is enough.
ORDERS = {"compensation_lines": "line_id"}
OF_THE_STATEMENT = "contract_id is not distinct from $contract_id and report_month = $month"


def keep_evidence(
    settings: Settings, connection: duckdb.DuckDBPyConnection, record: StatementRecord
) -> dict[str, str]:
    """Writes a draft's lines, uses, pools and deliveries, and the reports that its package will
    show, into the folder of its record.

    Files of a crashed run with the same names are replaced: without a record they are not a draft.

    Returns:
        The SHA-256 of each file.
    """
    values = _of_the_statement(record)
    durable.make_folder(draft_path(settings, record).parent)
    known_at = instant(record.known_at)
    own = {"statement_id": record.statement_id, "known_at": known_at}
    queries = {
        LINES_KIND: (_lines_query(), values | own),
        USES_KIND: (_uses_query(), values),
        POOLS_KIND: (_pools_query(), values | {"known_at": known_at}),
        DELIVERIES_KIND: _deliveries_query(known_at),
        **_shown_queries(record),
    }
    found = {
        kind: _write(connection, query, given, evidence_file(settings, record, kind))
        for kind, (query, given) in queries.items()
    }
    durable.sync(draft_path(settings, record).parent)
    return found


def has_same_pools(
    settings: Settings, connection: duckdb.DuckDBPyConnection, draft: StatementRecord
) -> bool:
    """Whether the pools stored with a draft are still those of the warehouse.

    The uses of others change a pool, and not always a statement's lines.
    """
    stored = evidence_file(settings, draft, POOLS_KIND)
    if not stored.is_file():
        return False
    values = {"known_at": instant(draft.known_at), "stored": str(stored)}
    query = f"""
        with
            present as ({_pools_query()}),
            stored as (from read_parquet($stored))
        select count(*)
        from ((from present except from stored) union all (from stored except from present))
    """
    [(differing,)] = connection.execute(query, _of_the_statement(draft) | values).fetchall()
    return not differing


def deliveries_read_again(settings: Settings, draft: StatementRecord) -> list[str]:
    """The names of deliveries of a draft that have other rows in the lake since it was drafted."""
    file = evidence_file(settings, draft, DELIVERIES_KIND)
    if not file.is_file():
        return []
    register = Lake(settings.lake_root).read(REGISTER).filter(pl.col("state") == "loaded")
    changed = (
        pl.scan_parquet(file)
        .join(register, on="delivery_id", how="inner", suffix="_now")
        .filter(pl.col("rows_loaded").ne_missing(pl.col("rows_loaded_now")))
        .select("name")
        .collect()
    )
    return changed["name"].to_list()


def evidence_file(settings: Settings, record: StatementRecord, kind: str) -> Path:
    """The file of a kind beside a draft; it stays when the draft is issued."""
    return draft_path(settings, record, f"{kind}.parquet")


def _of_the_statement(record: StatementRecord) -> dict[str, Any]:
    """The values of `OF_THE_STATEMENT`."""
    return {
        "contract_id": None if record.is_unallocated else record.contract_id,
        "month": month_start(record.report_month),
    }


def _shown_queries(record: StatementRecord) -> dict[str, tuple[str, dict[str, Any]]]:
    """Queries for the reports of a statement's package; lines without a contract have none."""
    if record.is_unallocated:
        return {}
    values = {
        "partner_id": record.partner_id,
        "month": month_start(record.report_month),
        "contract_id": record.contract_id,
    }
    return {
        kind: (
            f"select * from published.{relation} where {rows} order by {ORDERS.get(kind, 'all')}",
            {name: values[name] for name in re.findall(r"\$(\w+)", rows)},
        )
        for kind, (relation, rows) in SHOWN.items()
    }


def _lines_query() -> str:
    given = {"statement_id", "known_at"}
    columns = ", ".join(
        f"cast({f'${name}' if name in given else name} as {type_}) as {name}"
        for name, type_ in DRAFTED_LINE_COLUMNS.items()
    )
    return f"select {columns} from published.{ALL_LINES} where {OF_THE_STATEMENT} order by line_id"


def _pools_query() -> str:
    columns = ", ".join(
        f"cast({'$known_at' if name == 'known_at' else name} as {type_}) as {name}"
        for name, type_ in POOL_COLUMNS.items()
        if name != "sequence"
    )
    return (
        f"select {columns} from published.{POOLS} where {OF_THE_STATEMENT} "
        "order by pool_id, contract_version"
    )


def _uses_query() -> str:
    columns = ", ".join(
        f"cast({'lines' if name == 'line_id' else 'uses'}.{name} as {type_}) as {name}"
        for name, type_ in USE_COLUMNS.items()
    )
    same = " and ".join(f"uses.{name} is not distinct from lines.{name}" for name in KEYS)
    return f"""
        with
            lines as (
                select line_id, {", ".join(KEYS)}
                from published.{ALL_LINES}
                where {OF_THE_STATEMENT} and pool_id is not null
            ),
            uses as (
                select *
                from {with_released(f"published.{USES}")}
                where contract_id is not distinct from $contract_id and exclusion_reason is null
            )
        select {columns}
        from lines
        inner join uses on {same}
        order by lines.line_id, uses.use_id, uses.source_weight_nano, uses.ownership_share
    """


def _deliveries_query(known_at: datetime) -> tuple[str, dict[str, Any]]:
    """The deliveries whose rows counted, each with its content's hash and number of rows."""
    return (
        f"""
        select delivery_id, sha256, rows_loaded
        from published.{DELIVERIES}
        where state = 'loaded' and (known_from is null or known_from <= $known_at)
        order by delivery_id
        """,
        {"known_at": known_at},
    )


def _write(
    connection: duckdb.DuckDBPyConnection, query: str, values: dict[str, Any], target: Path
) -> str:
    with durable.replacing(target, with_folder=False) as unfinished:
        copy_to(connection, query, unfinished, values)
    return file_sha256(target)
