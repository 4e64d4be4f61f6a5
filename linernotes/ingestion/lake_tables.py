"""The tables of the lake: their names and columns. `lake.py` reads and writes them."""

from typing import Any

import polars as pl

from linernotes.ingestion.columns import MONEY, TIMESTAMP
from linernotes.ingestion.contracts import Contract
from linernotes.ingestion.ern_schemas import ERN_SCHEMAS
from linernotes.ingestion.feeds import CONTRACTS

DELIVERIES = "raw_door__deliveries"
QUARANTINED_ROWS = "raw_door__quarantined_rows"
CHECK_RESULTS = "raw_door__check_results"
ECB_RATES = "raw_finance__ecb_rates"
ERN_MESSAGES = "raw_catalog__ern_messages"

_VERSION: dict[str, Any] = {"recorded_at": TIMESTAMP, "is_withdrawn": pl.Boolean()}


def feed_schema(contract: type[Contract]) -> pl.Schema:
    """The lake's columns for one contract: the feed's, then when, whether, and from where."""
    columns = {
        name: traits.lake
        for name, traits in contract.traits().items()
        if traits.lake is not None and name not in _VERSION
    }
    return pl.Schema(columns | _VERSION | {"delivery_id": pl.String()})


SCHEMAS: dict[str, pl.Schema] = {
    **{contract.TABLE: feed_schema(contract) for contract in CONTRACTS.values()},
    **{
        part.contract.TABLE: feed_schema(part.contract)
        for contract in CONTRACTS.values()
        if (part := contract.NESTED)
    },
    ECB_RATES: pl.Schema(
        {"rate_date": pl.Date(), "quote_currency": pl.String(), "rate": MONEY}
        | _VERSION
        | {"delivery_id": pl.String()}
    ),
    **{
        table: pl.Schema({**schema, "delivery_id": pl.String()})
        for table, schema in ERN_SCHEMAS.items()
    },
    DELIVERIES: pl.Schema(
        {
            "delivery_id": pl.String(),
            "name": pl.String(),
            "source": pl.String(),
            "feed": pl.String(),
            "sha256": pl.String(),
            "bytes": pl.Int64(),
            "rows_read": pl.Int64(),
            "rows_loaded": pl.Int64(),
            "rows_quarantined": pl.Int64(),
            "rows_duplicate": pl.Int64(),
            "state": pl.String(),
            "reason": pl.String(),
            "warnings": pl.String(),
            "ignored_columns": pl.List(pl.String()),
            "registered_at": TIMESTAMP,
            # Increases with every entry, independent of the clock. Absent in homes of version 0.1.
            "sequence": pl.Int64(),
        }
    ),
    QUARANTINED_ROWS: pl.Schema(
        {
            "delivery_id": pl.String(),
            "source": pl.String(),
            "feed": pl.String(),
            "row_number": pl.Int64(),
            "original_text": pl.String(),
            # A CSV row is meaningless without its header.
            "header_text": pl.String(),
            "broken_rules": pl.List(pl.String()),
            "details": pl.String(),
            "quarantined_at": TIMESTAMP,
            "retried_as": pl.String(),
        }
    ),
    CHECK_RESULTS: pl.Schema(
        {
            "run_id": pl.String(),
            "table_name": pl.String(),
            "check_name": pl.String(),
            "severity": pl.String(),
            "outcome": pl.String(),
            "unexpected_count": pl.Int64(),
            "reason": pl.String(),
            "checked_at": TIMESTAMP,
            # The run's number, as in the register.
            "sequence": pl.Int64(),
        }
    ),
}


def typed(table: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows in a table's columns and types."""
    return rows.select(pl.col(name).cast(dtype) for name, dtype in SCHEMAS[table].items())
