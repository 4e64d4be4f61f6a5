"""Opens the source of a package: the published file, or the stored reports of an issued month.

Both have the same layout, so readers need not distinguish them.
"""

from collections.abc import Generator
from contextlib import contextmanager

import duckdb

from linernotes.base.errors import LinernotesError
from linernotes.base.published import READER_MEMORY, open_published
from linernotes.base.settings import Settings
from linernotes.base.sql import literal, literals
from linernotes.statements import SHOWN, issued_reports

# The document also shows balances of earlier months.
LINES_KIND, HEADERS = "compensation_lines", "reports.rpt_partner__compensation_statement"


@contextmanager
def open_current(settings: Settings) -> Generator[duckdb.DuckDBPyConnection]:
    """Yields a connection to the published file, attached as `published`."""
    with open_published(settings, memory_limit=READER_MEMORY) as connection:
        _require_shown(connection, "published")
        yield connection


def _require_shown(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Checks the report: an earlier version may have published less than packages show now."""
    there = {
        f"{schema}.{table}"
        for schema, table in connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = ? "
            "union all select schema_name, view_name from duckdb_views() where database_name = ?",
            [name, name],
        ).fetchall()
    }
    if lacking := sorted({relation for relation, _ in SHOWN.values()} - there):
        raise LinernotesError(
            f"The published warehouse has no {', '.join(lacking)}: run `linernotes build`."
        )


@contextmanager
def open_as_issued(
    settings: Settings, partner_id: str, month: str
) -> Generator[duckdb.DuckDBPyConnection]:
    """Yields a connection in which `published` holds the reports as they were issued.

    It holds only what a package reads: the month's reports, the lines of earlier months, and the
    headers of statements, which the published file has from the ledger. A report that was not
    stored, because an earlier version issued the month, is read from the published file as
    currently known.

    Args:
        settings: The home.
        partner_id: The partner.
        month: An issued report month, `YYYY-MM`.
    """
    kept = issued_reports(settings, partner_id)
    if month not in kept:
        with open_current(settings) as connection:
            yield connection
        return
    with open_published(settings, memory_limit=READER_MEMORY, name="current") as connection:
        _require_shown(connection, "current")
        connection.execute("attach ':memory:' as published")
        for schema in ("reports", "marts"):
            connection.execute(f"create schema published.{schema}")
        own = f"partner_id = {literal(partner_id)}"
        queries = {HEADERS: f"from current.{HEADERS} where {own}"}
        for kind, (relation, rows) in SHOWN.items():
            files = kept[month].get(kind)
            if files is None:
                of_partner = f" where {own}" if "partner_id =" in rows else ""
                queries[relation] = f"from current.{relation}{of_partner}"
                continue
            if kind == LINES_KIND:
                files = [file for one in sorted(kept) if one <= month for file in kept[one][kind]]
            listed = literals(files)
            queries[relation] = f"from read_parquet([{listed}], union_by_name = true)"
            if kind == LINES_KIND:
                others = literals(kept)
                queries[relation] += (
                    f" union all by name from current.{relation} where {own} "
                    f"and strftime(report_month, '%Y-%m') not in ({others})"
                )
        for relation, query in queries.items():
            connection.execute(f"create view published.{relation} as {query}")
        connection.execute("use published")
        yield connection
