"""The first rows that a failing test finds, one line each, for messages.

dbt decides whether a test fails.
"""

import re
from typing import Any

import duckdb

from linernotes.base.settings import Settings
from linernotes.warehouse.thrift import ClusterFailed, on_cluster

# Columns whose values may identify a person; messages go to logs and alerts.
PERSONAL = re.compile(
    r"(^|_)(user_key|e?mail|names?|name_original|title|text|note|comment|address|by|facts|json)$"
)
LEFT_OUT = "…"
MOST_ROWS, MOST_COLUMNS, MOST_CHARACTERS = 3, 12, 400


def failing_rows(settings: Settings, result: dict[str, Any]) -> list[str]:
    """The first rows that a data test has found in the warehouse file.

    Args:
        settings: The home.
        result: The test's entry in dbt's `run_results.json`.

    Returns:
        A text per row, such as `currency_code=XCG, rule_date=2026-03-31`; none if the node is not a
        test, or the file cannot be read any more.
    """
    query = result.get("compiled_code")
    if result["status"] not in {"fail", "warn"} or not query:
        return []
    if settings.engine == "spark":
        return _first_rows_on_cluster(settings, query)
    try:
        with duckdb.connect(str(settings.warehouse_file), read_only=True) as connection:
            connection.execute("set timezone = 'UTC'")
            return first_rows(connection, query)
    except duckdb.Error:
        return []


def first_rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    """The first rows of a query, sorted by their values, without nulls."""
    found = connection.execute(f"from ({query}\n) order by all limit {MOST_ROWS}")
    names = [column[0] for column in found.description or []]
    return [_as_text(dict(zip(names, row, strict=True))) for row in found.fetchall()]


def _first_rows_on_cluster(settings: Settings, query: str) -> list[str]:
    """The first rows of a query in Spark's dialect, which the warehouse file cannot run."""
    try:
        [rows] = on_cluster(settings, [f"select * from ({query}\n) order by all limit {MOST_ROWS}"])
    except ClusterFailed:
        return []
    return [_as_text(row) for row in rows]


def _as_text(row: dict[str, Any]) -> str:
    cells = [
        f"{name}={LEFT_OUT if PERSONAL.search(name) else value}"
        for name, value in row.items()
        if value is not None
    ]
    text = ", ".join(cells[:MOST_COLUMNS])
    return text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]}…"
