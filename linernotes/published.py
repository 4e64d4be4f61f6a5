"""Opens the published warehouse for reading. Nothing here writes to it, and no query lives here."""

from collections.abc import Generator
from contextlib import contextmanager

import duckdb

from linernotes.errors import LinernotesError
from linernotes.settings import Settings


@contextmanager
def open_published(settings: Settings) -> Generator[duckdb.DuckDBPyConnection]:
    """Yields a connection whose current database is the published file, read-only.

    The file is attached to an engine of its own, so that settings made by one reader touch no
    other reader in the same process. One thread: the order of rows, and with it the bytes of what
    is written from them, must not depend on the machine.

    Raises:
        LinernotesError: if nothing is published yet.
    """
    if not settings.published_file.exists():
        raise LinernotesError(
            f"Nothing is published in {settings.published_root} yet: run `linernotes build` first."
        )
    with duckdb.connect() as connection:
        connection.execute("set threads = 1")
        connection.execute("set timezone = 'UTC'")
        location = str(settings.published_file).replace("'", "''")
        connection.execute(f"attach '{location}' as published (read_only)")
        connection.execute("use published")
        yield connection
