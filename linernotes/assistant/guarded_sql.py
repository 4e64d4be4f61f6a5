"""Restricted SQL on the published file: one query, of known tables, within limits.

This module does not know what the tables mean.
"""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from linernotes.base.errors import LinernotesError
from linernotes.base.near_names import nearest_names

# These generate rows. All other table functions read files, or take names of tables as text.
TABLE_FUNCTIONS = frozenset({"generate_series", "range", "unnest"})
# These return texts from DuckDB, the machine or its environment.
FUNCTIONS = frozenset(
    {"current_setting", "getenv", "getvariable", "read_blob", "read_text", "query", "query_table"}
)


class QueryRefused(LinernotesError):
    """The query is not permitted; the message says what to ask instead."""


@dataclass(frozen=True)
class Answer:
    """Rows of a query, at most as many as were requested."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    is_cut: bool


def lock(connection: duckdb.DuckDBPyConnection, memory_limit: str) -> None:
    """Removes what a query does not need from a connection: files, network, settings."""
    connection.execute("set memory_limit = $1", [memory_limit])
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")


def require_allowed(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    tables: frozenset[str],
    withheld: dict[str, str],
) -> None:
    """Permits only a single query that reads only listed tables.

    Args:
        connection: The connection that would run it.
        sql: Its text.
        tables: The tables that may be read, `schema.table`.
        withheld: Tables that may not be read, with what to read instead.

    Raises:
        QueryRefused: with the reason, if the query is not permitted.
    """
    try:
        statements = connection.extract_statements(sql)
    except duckdb.Error as error:
        raise QueryRefused(f"The query cannot be read: {_first_line(error)}") from None
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise QueryRefused("Ask one query at a time, a `select`: everything else is refused.")
    text = statements[0].query
    row = connection.execute("select json_serialize_sql($1)", [text]).fetchone()
    parsed = json.loads(row[0]) if row else {"error": True}
    if parsed.get("error"):
        raise QueryRefused("Only a plain `select` is run, with or without common tables.")
    names = {one["cte_map_key"] for one in _nodes(parsed, "cte_map_key")}
    for node in _nodes(parsed, "type"):
        if node["type"] == "BASE_TABLE":
            _require_table(node, names, tables, withheld)
        elif node["type"] == "TABLE_FUNCTION":
            name = node.get("function", {}).get("function_name", "")
            if name not in TABLE_FUNCTIONS:
                raise QueryRefused(f"{name or 'That table function'} is not run here.")
        elif node["type"] == "SHOW_REF":
            raise QueryRefused("Ask list_tables or describe_table instead.")
    for node in _nodes(parsed, "function_name"):
        if node["function_name"].lower() in FUNCTIONS:
            raise QueryRefused(f"{node['function_name']} is not run here.")


def _require_table(
    node: dict[str, Any], names: set[str], tables: frozenset[str], withheld: dict[str, str]
) -> None:
    schema, table = node.get("schema_name") or "", node.get("table_name") or ""
    if not schema and not node.get("catalog_name") and table in names:
        return
    whole = f"{schema}.{table}".lower()
    if whole in withheld:
        raise QueryRefused(f"{whole} is not shown here: {withheld[whole]}")
    if whole not in tables or node.get("catalog_name"):
        name = whole.strip(".")
        raise QueryRefused(
            f"There is no table {name} here. Name tables with their schema, as"
            f" list_tables does, such as marts.fct_statements.{nearest_names(name, tables)}"
        )


def _nodes(part: Any, key: str) -> Iterator[dict[str, Any]]:
    """All objects of a parsed query that have a key; also names of common table expressions."""
    if isinstance(part, dict):
        if key in part:
            yield part
        if key == "cte_map_key":
            for entry in part.get("cte_map", {}).get("map", []):
                yield {"cte_map_key": entry["key"]}
        for value in part.values():
            yield from _nodes(value, key)
    elif isinstance(part, list):
        for value in part:
            yield from _nodes(value, key)


def run(
    connection: duckdb.DuckDBPyConnection, sql: str, most_rows: int, most_seconds: float
) -> Answer:
    """Runs a permitted query.

    Raises:
        QueryRefused: if it takes longer or more memory than the limit, or DuckDB refuses it.
    """
    is_late = threading.Event()

    def stop() -> None:
        is_late.set()
        connection.interrupt()

    timer = threading.Timer(most_seconds, stop)
    timer.start()
    try:
        cursor = connection.execute(sql)
        columns = tuple(column[0] for column in cursor.description)
        rows = cursor.fetchmany(most_rows + 1)
    except duckdb.Error as error:
        if is_late.is_set():
            raise QueryRefused(
                f"The query takes longer than {most_seconds:g} seconds: ask for fewer months or"
                " rows, or sum up."
            ) from None
        raise QueryRefused(f"The query fails: {_first_line(error)}") from None
    finally:
        timer.cancel()
    return Answer(columns, rows[:most_rows], len(rows) > most_rows)


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0]
