"""Publishes the public schemas as a read-only file of their own, swapped by rename.

A reader opens a finished file or the one before it, never half a build. Whether a build is good
is decided elsewhere.
"""

import json
import logging
import os
import shutil
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from linernotes.errors import LinernotesError
from linernotes.holders import why_not_opened
from linernotes.published import Publication, definitions_file
from linernotes.settings import Settings
from linernotes.warehouse.building import require_build
from linernotes.warehouse.dbt import target_folder

PUBLIC_SCHEMAS = ("marts", "reports", "quality")
# Every client since DuckDB 1.0 opens this one; DuckDB's own default the older ones do not open.
STORAGE_VERSION = "v1.0.0"
KEPT_PUBLICATIONS = 3
EVERYBODYS_WRITING = 0o222
LOG = logging.getLogger(__name__)


def publish(settings: Settings) -> Path:
    """Copies the public schemas into a new file and swaps it in.

    The freeze is that of the run whose record is in the warehouse file.

    Nobody may write to the new file. What tools that wrote to an earlier one left beside it is
    taken away, with a warning in the log: readers would take it for a part of the new file.

    Args:
        settings: The home; its warehouse file must be built, and its checks must hold.

    Returns:
        The new file; `published/linernotes.duckdb` is now the same one.

    Raises:
        LinernotesError: if the warehouse file has no record of a run whose blocking checks all
            hold.
        LinernotesError: if the warehouse file cannot be opened.
    """
    known_at = require_build(settings, "it is not published").known_at
    root = settings.published_root
    root.mkdir(parents=True, exist_ok=True)
    for left_behind in root.glob("*.unfinished"):
        left_behind.unlink()
    published_at = datetime.now(UTC)
    target = root / f"linernotes-{published_at:%Y%m%dT%H%M%S%f}.duckdb"
    unfinished = target.with_suffix(".unfinished")
    _copy_public_schemas(settings.warehouse_file, unfinished, known_at)
    definitions = target_folder(settings) / "semantic_manifest.json"
    shutil.copyfile(definitions, definitions_file(target))
    unfinished.chmod(unfinished.stat().st_mode & ~EVERYBODYS_WRITING)
    unfinished.rename(target)
    record = Publication(target.name, known_at.isoformat() + "Z", published_at.isoformat())
    _replace(root / "current.json", json.dumps(asdict(record), indent=2) + "\n")
    link = root / ".linernotes.duckdb.new"
    link.unlink(missing_ok=True)
    os.link(target, link)
    _take_logs_away(root)
    link.replace(settings.published_file)
    for old in sorted(root.glob("linernotes-*.duckdb"))[:-KEPT_PUBLICATIONS]:
        old.unlink()
        definitions_file(old).unlink(missing_ok=True)
    return target


def _take_logs_away(root: Path) -> None:
    for log in sorted(root.glob("*.wal")):
        log.unlink(missing_ok=True)
        LOG.warning(
            "%s was left by a tool that opened the published file for writing. It is taken away, "
            "and what was written with it is gone. Have that tool open the file read-only.",
            log,
        )


def _copy_public_schemas(warehouse: Path, target: Path, known_at: datetime) -> None:
    target.unlink(missing_ok=True)
    with duckdb.connect() as connection:
        connection.execute("set preserve_insertion_order = false")
        try:
            connection.execute(f"attach '{warehouse}' as warehouse (read_only)")
        except duckdb.Error as error:
            raise LinernotesError(why_not_opened(warehouse, str(error))) from None
        connection.execute(f"attach '{target}' as target (storage_version '{STORAGE_VERSION}')")
        for schema in PUBLIC_SCHEMAS:
            connection.execute(f"create schema target.{schema}")
        tables = connection.execute(
            "select schema_name, table_name, comment from duckdb_tables() where database_name = "
            "'warehouse' and schema_name in ? order by all",
            [list(PUBLIC_SCHEMAS)],
        ).fetchall()
        for schema, table, comment in tables:
            name = f"{schema}.{table}"
            connection.execute(f"create table target.{name} as from warehouse.{name}")
            if comment:
                connection.execute(f"comment on table target.{name} is {_literal(comment)}")
        columns = connection.execute(
            "select schema_name, table_name, column_name, comment from duckdb_columns() where "
            "database_name = 'warehouse' and schema_name in ? and comment is not null order by all",
            [list(PUBLIC_SCHEMAS)],
        ).fetchall()
        for schema, table, column, comment in columns:
            connection.execute(
                f'comment on column target.{schema}.{table}."{column}" is {_literal(comment)}'
            )
        connection.execute("create table target.quality.publications (known_at timestamp)")
        connection.execute("insert into target.quality.publications values (?)", [known_at])
        connection.execute(
            "comment on table target.quality.publications is "
            "'One row: the freeze (UTC) at which everything in this file was computed.'"
        )
        connection.execute(
            "comment on column target.quality.publications.known_at is "
            "'Only what was recorded by this instant counts; UTC.'"
        )


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _replace(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text(text)
    temporary.replace(path)
