"""Limits the memory of a DuckDB connection; what does not fit is written to disk meanwhile."""

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from linernotes.base import durable


def default_mebibytes() -> int:
    """Half of this machine's memory in MiB: the other half is for readers and the system."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20 // 2


@contextmanager
def limited_memory(
    connection: duckdb.DuckDBPyConnection, folder: Path, limit: str
) -> Generator[None]:
    """Limits a connection's memory while the block runs.

    Args:
        connection: Used for nothing else afterwards.
        folder: Where a scratch folder is made, which is gone afterwards.
        limit: Such as 512MB.
    """
    durable.clear_unfinished(folder)
    scratch = durable.unfinished_folder(folder)
    try:
        connection.execute("set temp_directory = $1", [str(scratch)])
        connection.execute("set memory_limit = $1", [limit])
        yield
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
