"""Describes a package's tables for data tools: `datapackage.json` of Frictionless Data.

The format is https://specs.frictionlessdata.io/data-package/. A column is described by its comment
in the published report; the Parquet files have the same descriptions.
"""

import json
from pathlib import Path
from typing import Any

import duckdb

from linernotes.packages.cells import FORMULA_STARTS
from linernotes.packages.tables import Column, PackageTable, TableRows

DATA_PACKAGE = "datapackage.json"
# By report, the description of each of its columns.
Comments = dict[str, dict[str, str]]
ESCAPED = (
    "A text that begins with an apostrophe or one of "
    + " ".join(repr(one) for one in FORMULA_STARTS if one.isprintable())
    + " has an apostrophe in front, which is not data."
)


def comments_of_reports(connection: duckdb.DuckDBPyConnection) -> Comments:
    """The descriptions of all reports' columns, from the newest published warehouse."""
    rows = connection.execute(
        "select table_name, column_name, comment from duckdb_columns() "
        "where schema_name = 'reports' and comment is not null order by database_name"
    ).fetchall()
    comments: Comments = {}
    for report, column, comment in rows:
        comments.setdefault(report, {})[column] = comment
    return comments


def table_schema(rows: TableRows, comments: Comments) -> dict[str, Any]:
    """The table schema of one table of a package: one field per column, with its scale."""
    own = comments.get(rows.table.report, {})
    return {"fields": [_field(rows.table, column, own) for column in rows.columns],
            "missingValues": [""]}  # fmt: skip


def _field(table: PackageTable, column: Column, comments: dict[str, str]) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, **_type(column)}
    if comment := comments.get(column.name):
        field["description"] = comment
    if column.is_decimal:
        field["decimalPlaces"] = column.scale
    if currency := table.money.get(column.name):
        field["currencyColumn"] = currency
    return field


def _type(column: Column) -> dict[str, Any]:
    if column.is_month:
        return {"type": "yearmonth"}
    if column.is_decimal:
        return {"type": "number", "decimalChar": "."}
    if column.is_whole_number:
        return {"type": "integer"}
    if column.type == "BOOLEAN":
        return {"type": "boolean", "trueValues": ["true"], "falseValues": ["false"]}
    if column.type == "DATE":
        return {"type": "date"}
    if column.type == "TIMESTAMP":
        return {"type": "datetime", "format": "%Y-%m-%dT%H:%M:%S.%fZ"}
    if column.is_list:
        return {"type": "array"}
    return {"type": "string"}


def write_data_package(
    path: Path,
    comments: Comments,
    tables: list[TableRows],
    name: str,
    title: str,
) -> None:
    """Writes the description of every table's files; the same tables give the same bytes.

    Args:
        path: The file.
        comments: The descriptions of their columns.
        tables: Every table of the package.
        name: The package's name in lower case, such as `umg-2026-06`.
        title: The package's title.
    """
    resources = []
    for rows in tables:
        schema = table_schema(rows, comments)
        for suffix in rows.table.formats:
            resource: dict[str, Any] = {
                "name": f"{rows.table.name}-{suffix}".replace("_", "-"),
                "path": f"{rows.table.name}.{suffix}",
                "title": rows.table.title,
                "description": rows.table.about,
                "profile": "tabular-data-resource" if suffix == "csv" else "data-resource",
                "format": suffix,
                "schema": schema,
            }
            if suffix == "csv":
                resource |= {
                    "mediatype": "text/csv",
                    "encoding": "utf-8",
                    "dialect": {"delimiter": ",", "quoteChar": '"', "doubleQuote": True,
                                "lineTerminator": "\n", "header": True},
                }  # fmt: skip
            resources.append(resource)
    content = {
        "profile": "data-package",
        "name": name,
        "title": title,
        "description": ESCAPED,
        "resources": resources,
    }
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")
