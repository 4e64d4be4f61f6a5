"""Finds the published file and opens it for reading. It writes nothing and has no queries."""

import json
import os
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

import duckdb

from linernotes.base.errors import LinernotesError
from linernotes.base.memory import limited_memory
from linernotes.base.open_files import why_not_opened, write_ahead_log
from linernotes.base.settings import Settings
from linernotes.base.sql import literal

FORMAT_VERSION = 1
PUBLIC_SCHEMAS = ("marts", "reports", "quality")
# The engine's memory for readers of all lines of a statement; it spills the rest to disk.
READER_MEMORY = "640MB"
# The threads that write the rows of one statement or package; more of them take more memory.
WRITER_THREADS = min(2, os.cpu_count() or 1)


@dataclass(frozen=True)
class Publication:
    """One published file.

    Attributes:
        file_name: Name inside `published/`, different for each publication.
        known_at: The freeze of the build, ISO 8601, UTC.
        published_at: When it was swapped in, ISO 8601, UTC.
        number: Grows with each publication, whatever the clock does; 0 in version 0.1.
        format_version: Raised by a change after which older readers would misread the file.
    """

    file_name: str
    known_at: str
    published_at: str
    number: int = 0
    format_version: int = 1


def publication(settings: Settings) -> Publication:
    """The current publication. Long-running readers call this before they open the file.

    Raises:
        LinernotesError: if nothing is published yet, the pointer to it is damaged, or a newer
            program has published in a format that this one does not support.
    """
    pointer = settings.published_root / "current.json"
    if not pointer.exists():
        raise LinernotesError(
            f"Nothing is published in {settings.published_root} yet: run `linernotes build` first."
        )
    try:
        content = json.loads(pointer.read_text(encoding="utf-8"))
        known = {one.name for one in fields(Publication)}
        found = Publication(**{name: value for name, value in content.items() if name in known})
    except (ValueError, TypeError, AttributeError):
        raise LinernotesError(
            f"{pointer} is damaged, so the published file is unknown. Run `linernotes build` again."
        ) from None
    if found.format_version > FORMAT_VERSION:
        raise LinernotesError(
            f"The published file in {settings.published_root} has format version"
            f" {found.format_version}, and this Linernotes supports version {FORMAT_VERSION} at "
            "most:"
            " install the newer Linernotes that has published it."
        )
    return found


def definitions_file(file: Path) -> Path:
    """The file of metric definitions that was published with a file."""
    return file.with_suffix(".metrics.json")


@contextmanager
def open_published(
    settings: Settings,
    file: Path | None = None,
    memory_limit: str | None = None,
    threads: int = 1,
    name: str = "published",
) -> Generator[duckdb.DuckDBPyConnection]:
    """Yields a connection whose current database is the published file, read-only.

    The file is attached to an engine of its own, so that settings made by one reader touch no
    other reader in the same process. One thread by default: the order of rows, and the bytes of
    files written from them, must not depend on the machine. With several threads, only rows in a
    complete order are written in the same order and as the same bytes.

    Args:
        settings: The home.
        file: Another file in the layout of the published one, opened in its place.
        memory_limit: The engine's memory limit, such as 512MB; the rest spills to the home. The
        engine's default when left out.
        threads: More than one for exact sums, and for rows that are ordered completely.
        name: The name of the database in the engine.

    Raises:
        LinernotesError: if nothing is published yet, if the file is not there or damaged, or if
            another process has it open for writing.
    """
    if file is not None and not file.exists():
        raise LinernotesError(f"There is no {file}: check the path.")
    if file is None and not settings.published_file.exists():
        raise LinernotesError(
            f"Nothing is published in {settings.published_root} yet: run `linernotes build` first."
        )
    with duckdb.connect() as connection, ExitStack() as scratch:
        connection.execute("set threads = $1", [threads])
        if memory_limit is not None:
            scratch.enter_context(limited_memory(connection, settings.home, memory_limit))
        connection.execute("set timezone = 'UTC'")
        path = file or _own_name(settings)
        try:
            connection.execute(f"attach {literal(path)} as {name} (read_only)")
        except duckdb.Error as error:
            raise LinernotesError(why_not_opened(path, str(error))) from None
        if write_ahead_log(path).exists():
            raise LinernotesError(why_not_opened(path))
        connection.execute(f"use {name}")
        yield connection


def _own_name(settings: Settings) -> Path:
    """The published file under its unique name, beside which no analyst's tool leaves files.

    A log that a writing tool left beside `linernotes.duckdb` would be read as part of it.
    """
    try:
        file = settings.published_root / publication(settings).file_name
        return file if file.samefile(settings.published_file) else settings.published_file
    except (LinernotesError, OSError):
        return settings.published_file
