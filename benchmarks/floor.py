"""The floors: only DuckDB over the files of a lake, in a process of its own.

It imports nothing else, so that it starts fast; its figures are only useful for timing.
"""

import argparse
import json
from pathlib import Path

import duckdb

FLOOR, EXACT_FLOOR = (Path(__file__).with_name(name) for name in ("floor.sql", "exact_floor.sql"))


def run(files: dict[str, list[str]], target: Path, is_exact: bool = False) -> None:
    """Reads the files of every table and writes the joins into a new DuckDB file.

    Args:
        files: The Parquet files of each table.
        target: The new file.
        is_exact: Also consent, rights and rounding, over the tables of the floor.
    """
    with duckdb.connect(target) as connection:
        connection.execute("set preserve_insertion_order = false")
        for table, paths in files.items():
            connection.read_parquet(paths).create_view(table)
        for script in (FLOOR, EXACT_FLOOR) if is_exact else (FLOOR,):
            for statement in script.read_text(encoding="utf-8").split(";\n"):
                if statement.strip():
                    connection.execute(statement)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Time the floor over the files of one lake.")
    parser.add_argument("files", type=Path, help="JSON: table -> its Parquet files")
    parser.add_argument("target", type=Path)
    parser.add_argument("--exact", action="store_true", help="consent, rights and rounding too")
    arguments = parser.parse_args()
    tables = json.loads(arguments.files.read_text(encoding="utf-8"))
    run(tables, arguments.target, arguments.exact)
