"""Publishes the public schemas as a read-only file of their own, swapped by rename.

A reader opens a finished file or the one before it, never half a build. Whether a build is good
is decided elsewhere.
"""

import json
import os
import shutil
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from linernotes.published import Publication, definitions_file
from linernotes.settings import Settings
from linernotes.statements import PUBLISHED_HEADS, Head, ledger_head

PUBLIC_SCHEMAS = ("marts", "reports", "quality")
# Clients and BI tools of the 1.4 line can open this; DuckDB's own default format they cannot.
STORAGE_VERSION = "v1.4.0"
KEPT_PUBLICATIONS = 3
HEAD_COLUMNS = {
    "number": ("integer", "Number of the entry, from 1."),
    "sha256": ("varchar", "SHA-256 of the entry, which holds that of the entry before."),
    "key_id": ("varchar", "First 16 digits of the SHA-256 of the public key."),
    "public_key": ("varchar", "Ed25519 public key of the service, 32 bytes in base64."),
    "signature": ("varchar", "Ed25519 signature of number and hash, in base64; may be empty."),
}


def publish(settings: Settings, known_at: datetime) -> Path:
    """Copies the public schemas into a new file and swaps it in.

    Args:
        settings: The home; its warehouse file must be built.
        known_at: The freeze of the build, naive UTC.

    Returns:
        The new file; `published/linernotes.duckdb` is now the same one.
    """
    root = settings.published_root
    root.mkdir(parents=True, exist_ok=True)
    for left_behind in root.glob("*.unfinished"):
        left_behind.unlink()
    published_at = datetime.now(UTC)
    target = root / f"linernotes-{published_at:%Y%m%dT%H%M%S%f}.duckdb"
    unfinished = target.with_suffix(".unfinished")
    _copy_public_schemas(settings.warehouse_file, unfinished, known_at, ledger_head(settings))
    definitions = settings.warehouse_file.parent / "target" / "semantic_manifest.json"
    shutil.copyfile(definitions, definitions_file(target))
    unfinished.rename(target)
    record = Publication(target.name, known_at.isoformat() + "Z", published_at.isoformat())
    _replace(root / "current.json", json.dumps(asdict(record), indent=2) + "\n")
    link = root / ".linernotes.duckdb.new"
    link.unlink(missing_ok=True)
    os.link(target, link)
    link.replace(settings.published_file)
    for old in sorted(root.glob("linernotes-*.duckdb"))[:-KEPT_PUBLICATIONS]:
        old.unlink()
        definitions_file(old).unlink(missing_ok=True)
    return target


def _copy_public_schemas(
    warehouse: Path, target: Path, known_at: datetime, head: Head | None
) -> None:
    target.unlink(missing_ok=True)
    with duckdb.connect() as connection:
        connection.execute("set preserve_insertion_order = false")
        connection.execute(f"attach '{warehouse}' as warehouse (read_only)")
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
        add_ledger_head(connection, f"target.{PUBLISHED_HEADS}", head)


def add_ledger_head(connection: duckdb.DuckDBPyConnection, table: str, head: Head | None) -> None:
    """Adds the table of the ledger's head to a file; no row where nothing is issued."""
    columns = ", ".join(f"{name} {type_}" for name, (type_, _) in HEAD_COLUMNS.items())
    connection.execute(f"create table {table} ({columns})")
    if head:
        marks = ", ".join("?" for _ in HEAD_COLUMNS)
        values = [getattr(head, name) for name in HEAD_COLUMNS]
        connection.execute(f"insert into {table} values ({marks})", values)
    connection.execute(
        f"comment on table {table} is 'One row: the last entry of the ledger when this file was "
        "published. No row before the first issue.'"
    )
    for name, (_, comment) in HEAD_COLUMNS.items():
        connection.execute(f"comment on column {table}.{name} is {_literal(comment)}")


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _replace(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text(text)
    temporary.replace(path)
