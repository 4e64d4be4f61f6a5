"""The results of the expectation suites as a published table.

The suites of reports run after dbt, so no model can have their results; the lake has them.
"""

from collections.abc import Iterable
from pathlib import Path

import duckdb

GRAIN = "One row per run of the expectation suites, table and check."
COLUMNS = {
    "run_id": ("varchar", "Run."),
    "table_name": ("varchar", "Table that was checked."),
    "check_name": ("varchar", "Check."),
    "severity": ("varchar", "`error` blocks, `warn` does not."),
    "outcome": ("varchar", "`passed`, `failed`, or `error` if the check could not run."),
    "reason": ("varchar", "Why the check exists, or the error."),
    "unexpected_count": ("bigint", "Rows that failed the check."),
    "is_latest": ("boolean", "Whether it is the last result of the check."),
    "checked_at": ("timestamp", "When."),
}


def insert_check_results(
    connection: duckdb.DuckDBPyConnection, table: str, files: Iterable[Path]
) -> None:
    """Fills a table that has `COLUMNS`.

    Args:
        connection: To the file of the table.
        table: Its name, with database and schema.
        files: The Parquet files of the lake's table of results.
    """
    paths = [str(file) for file in files]
    if not paths:
        return
    connection.execute(
        f"""
        insert into {table} by name
        select
            * exclude (sequence),
            row_number() over (
                partition by table_name, check_name order by sequence desc, run_id desc
            ) = 1 as is_latest
        from read_parquet($1)
        order by sequence, table_name, check_name
        """,
        [paths],
    )
