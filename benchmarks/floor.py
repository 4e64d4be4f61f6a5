"""The floor: only DuckDB over the files of a lake, in a process of its own.

It imports nothing else, so that it starts fast; its figures are only useful for timing.
"""

import argparse
import json
from pathlib import Path

import duckdb

SQL = Path(__file__).with_name("floor.sql")


def run(files: dict[str, list[str]], target: Path) -> None:
    """Reads the files of every table once and writes the joins into a new DuckDB file."""
    with duckdb.connect(target) as connection:
        connection.execute("set preserve_insertion_order = false")
        for table, paths in files.items():
            connection.read_parquet(paths).create_view(table)
        for statement in SQL.read_text(encoding="utf-8").split(";\n"):
            if statement.strip():
                connection.execute(statement)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Time the floor over the files of one lake.")
    parser.add_argument("files", type=Path, help="JSON: table -> its Parquet files")
    parser.add_argument("target", type=Path)
    arguments = parser.parse_args()
    run(json.loads(arguments.files.read_text(encoding="utf-8")), arguments.target)
