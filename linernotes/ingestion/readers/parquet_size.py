"""Measures the content of a Parquet file before its rows are read.

It uses DuckDB, which raises an error for a schema that is nested too deep, where polars ends the
process. DuckDB also keeps a repeated text once in memory, where polars copies it into every row.
"""

from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import NoReturn

import duckdb

from linernotes.base import disk
from linernotes.base.settings import Limits
from linernotes.base.sql import literal
from linernotes.ingestion.errors import RefusedFile
from linernotes.ingestion.limits import MIB, hold, hold_unpacked, nesting_advice

# Enough for a million chunks of columns; a larger footer takes long to parse.
LARGEST_FOOTER_BYTES = 64 * MIB
_END_BYTES = 8
_MEMORY = "1GB"
# The bytes of text in a column, with repetitions.
_SIZES = {
    "VARCHAR": "coalesce(sum(strlen({0})), 0)",
    "BLOB": "coalesce(sum(octet_length({0})), 0)",
    "VARCHAR[]": "coalesce(sum(list_sum(list_transform({0}, lambda item: strlen(item)))), 0)",
}


def hold_size(path: Path, columns: Collection[str], limits: Limits) -> None:
    """Refuse a file whose columns, rows or content would exceed the limits; no rows are kept.

    Args:
        path: The file.
        columns: The columns that will be read.
        limits: The limits that are set.

    Raises:
        RefusedFile: it exceeds a limit, or is not Parquet.
    """
    _hold_footer_length(path)
    file = literal(path)
    with _engine().cursor() as connection:

        def query_rows(query: str) -> list[tuple]:
            return connection.sql(query).fetchall()

        try:
            schema = query_rows(f"select coalesce(num_children, 0) from parquet_schema({file})")
            counts = [count for (count,) in schema]
            hold(limits, "max_columns", counts.count(0), "columns")
            if _depth(counts) > limits.max_nesting:
                raise RefusedFile(f"a column cannot be read: {nesting_advice(limits)}")
            # Each item of a list counts as a value.
            ((values, packed),) = query_rows(
                "select max(value_count), sum(unpacked) from ("
                "select sum(num_values) as value_count, sum(total_uncompressed_size) as unpacked"
                f" from parquet_metadata({file}) group by column_id)"
            )
            hold(limits, "max_rows", int(values or 0), "rows or items of lists")
            hold_unpacked(limits, int(packed or 0))
            sizes = [
                _SIZES[str(kind)].format(name)
                for name, kind, *_ in query_rows(f"describe from read_parquet({file})")
                if name in columns and str(kind) in _SIZES
            ]
            if sizes:
                ((unpacked,),) = query_rows(f"select {' + '.join(sizes)} from read_parquet({file})")
                hold_unpacked(limits, int(unpacked or 0))
        except duckdb.Error as error:
            # A damaged file may damage the connection.
            _engine.cache_clear()
            refuse(error, path)


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    """One engine for all files: starting one takes longer than checking a file."""
    config = {"memory_limit": _MEMORY, "enable_external_file_cache": "false"}
    return duckdb.connect(":memory:", config=config)


def refuse(error: BaseException, path: Path) -> NoReturn:
    """Refuse a file that is damaged or not Parquet; if the disk failed, raise the error again.

    Only errors about files count: others may quote a delivery, which can contain any text.
    """
    if isinstance(error, OSError | duckdb.IOException) and disk.message_for(error):
        raise error
    message = (str(error).splitlines() or [""])[0].replace(str(path), path.name)
    raise RefusedFile(
        f"the file cannot be read as Parquet ({message[:200]}); send it again"
    ) from error


def _hold_footer_length(path: Path) -> None:
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - _END_BYTES))
        end = stream.read(_END_BYTES)
    if int.from_bytes(end[:4], "little") > LARGEST_FOOTER_BYTES and end.endswith(b"PAR1"):
        raise RefusedFile(
            f"the file's footer is larger than {LARGEST_FOOTER_BYTES // MIB} MiB; write fewer,"
            " larger row groups"
        )


def _depth(children: list[int]) -> int:
    """The depth of a nested schema: 1 if no column has children. Parents precede children."""
    deepest, open_counts = 0, []
    for count in children:
        if open_counts:
            open_counts[-1] -= 1
        if count:
            open_counts.append(count)
            deepest = max(deepest, len(open_counts))
        while open_counts and not open_counts[-1]:
            open_counts.pop()
    return deepest
