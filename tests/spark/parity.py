"""Compares two warehouse files table by table, without any tolerance.

Which engine made them is of no interest here.
"""

from pathlib import Path

import duckdb

SCHEMAS = ("seeds", "staging", "intermediate", "marts", "reports", "quality")
# They name a run and its time; what its checks said is compared by itself.
OF_ONE_RUN = {"quality.checked_run", "quality.checked_run_results"}
# Published, and so typed by contract; between the models each engine has its own widest integer.
TYPED = ("marts", "reports", "quality")


def tables_of(file: Path) -> dict[str, int]:
    """The tables and views of a file with their number of rows."""
    with duckdb.connect(str(file), read_only=True) as connection:
        names = connection.execute(
            "select table_schema || '.' || table_name from information_schema.tables "
            "where table_schema in ? order by all",
            [list(SCHEMAS)],
        ).fetchall()
        return {
            name: int(connection.execute(f"select count(*) from {name}").fetchall()[0][0])
            for (name,) in names
            if name not in OF_ONE_RUN
        }


def differences(one: Path, other: Path) -> list[str]:
    """A line per table that differs in columns, types, number of rows, or any row."""
    first, second = tables_of(one), tables_of(other)
    found = [f"{name} is in one file only" for name in sorted(first.keys() ^ second.keys())]
    with duckdb.connect() as connection:
        connection.execute(f"attach '{one}' as one (read_only)")
        connection.execute(f"attach '{other}' as other (read_only)")
        for name in sorted(first.keys() & second.keys()):
            here, there = (_columns(connection, f"{side}.{name}") for side in ("one", "other"))
            if list(here) != list(there):
                found.append(f"{name} has other columns: {list(here)} and {list(there)}")
                continue
            if name.split(".")[0] in TYPED and here != there:
                wrong = [
                    f"{one} {here[one]}, {there[one]}" for one in here if here[one] != there[one]
                ]
                found.append(f"{name} has other types: {wrong}")
            if first[name] != second[name]:
                found.append(f"{name} has {first[name]} rows and {second[name]}")
            for side, opposite in (("one", "other"), ("other", "one")):
                rows = connection.execute(
                    f"from {side}.{name} except all from {opposite}.{name}"
                ).fetchall()
                if rows:
                    found.append(f"{name}: {len(rows)} rows only in {side}, such as {rows[0]}")
    return found


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    return {row[0]: row[1] for row in connection.execute(f"describe {table}").fetchall()}
