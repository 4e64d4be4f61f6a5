"""Publishes the public schemas as a separate read-only file, replaced by a rename.

A reader opens a complete file, never a partial build. `building` decides whether a build may be
published.
"""

import json
import logging
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from linernotes.base import durable, modes
from linernotes.base.checked_runs import RESULTS_TABLE, RUN_TABLE
from linernotes.base.clock import name_part, utc_now
from linernotes.base.errors import LinernotesError
from linernotes.base.memory import limited_memory
from linernotes.base.open_files import why_not_opened, write_ahead_log
from linernotes.base.published import (
    PUBLIC_SCHEMAS,
    Publication,
    definitions_file,
    publication,
)
from linernotes.base.run_history import COLUMNS, GRAIN, Run, runs
from linernotes.base.settings import Settings
from linernotes.base.sql import literal
from linernotes.base.steps import add_facts, step
from linernotes.ingestion import CHECK_RESULTS, open_lake
from linernotes.ledger.heads import PUBLISHED_HEADS, Head, ledger_head
from linernotes.warehouse import check_results, table_keys
from linernotes.warehouse.building import require_build
from linernotes.warehouse.check_results import insert_check_results
from linernotes.warehouse.dbt import schema_of, target_folder
from linernotes.warehouse.table_keys import keys_of

# Every client since DuckDB 1.0 opens this version; older clients cannot open DuckDB's default.
STORAGE_VERSION = "v1.0.0"
KEPT_PUBLICATIONS = 3
EVERYBODYS_WRITING = 0o222
NUMBERED = re.compile(r"linernotes-(\d{6,})-\d{8}T\d{6}\.duckdb")
LOG = logging.getLogger(__name__)
HEAD_COLUMNS = {
    "number": ("integer", "Number of the entry, from 1."),
    "sha256": ("varchar", "SHA-256 of the entry, which holds that of the entry before."),
    "key_id": ("varchar", "First 16 digits of the SHA-256 of the public key."),
    "public_key": ("varchar", "Ed25519 public key of the service, 32 bytes in base64."),
    "signature": ("varchar", "Ed25519 signature of number and hash, in base64; may be empty."),
}


@step("publish")
def publish(settings: Settings) -> Path:
    """Copies the public schemas into a new file and makes it the published one.

    The freeze is that of the run whose record is in the warehouse file.

    The new file is read-only. Files that writing tools left beside an earlier one are removed, with
    a warning in the log: readers would take them for a part of the new file.

    Args:
        settings: The home, with a built warehouse file whose checks have passed.

    Returns:
        The new file; `published/linernotes.duckdb` is now the same one.

    Raises:
        LinernotesError: if the warehouse file cannot be opened, or has no record of a run whose
            blocking checks all passed.
    """
    known_at = require_build(settings, "it is not published").known_at
    root = settings.published_root
    durable.make_folder(root)
    modes.share_way(settings.home, root, settings.readers)
    durable.clear_unfinished(root)
    published_at, number = utc_now(), _next_number(settings)
    target = root / f"linernotes-{number:06d}-{name_part(published_at)}.duckdb"
    definitions = target_folder(settings) / "semantic_manifest.json"
    with durable.replacing(definitions_file(target)) as copy:
        shutil.copyfile(definitions, copy)
        modes.share(copy, settings.readers)
    with durable.replacing(target) as unfinished:
        head, manifest = ledger_head(settings), target_folder(settings) / "manifest.json"
        _copy_public_schemas(settings, unfinished, known_at, head, runs(settings), manifest)
        unfinished.chmod(unfinished.stat().st_mode & ~EVERYBODYS_WRITING)
        modes.share(unfinished, settings.readers)
    record = Publication(target.name, known_at.isoformat() + "Z", published_at.isoformat(), number)
    with durable.replacing(root / "current.json") as pointer:
        pointer.write_text(json.dumps(asdict(record), indent=2) + "\n")
        modes.share(pointer, settings.readers)
    _take_logs_away(root)
    with durable.replacing(settings.published_file) as link:
        os.link(target, link)
    for old in sorted(root.glob("linernotes-*.duckdb"), key=_number_of)[:-KEPT_PUBLICATIONS]:
        old.unlink()
        definitions_file(old).unlink(missing_ok=True)
    durable.sync(root)
    add_facts(file=target.name, known_at=record.known_at)
    return target


def _next_number(settings: Settings) -> int:
    """One more than the highest known number: the clock may have been set back."""
    numbers = [_number_of(file)[0] for file in settings.published_root.glob("linernotes-*.duckdb")]
    with suppress(LinernotesError):
        numbers.append(publication(settings).number)
    return max(numbers, default=0) + 1


def _number_of(file: Path) -> tuple[int, str]:
    """The number of a publication; those of version 0.1 have none."""
    found = NUMBERED.fullmatch(file.name)
    return int(found[1]) if found else 0, file.name


def _take_logs_away(root: Path) -> None:
    for log in sorted(root.glob("*.wal")):
        log.unlink(missing_ok=True)
        LOG.warning(
            "%s was left by a tool that opened the published file for writing. It is removed, "
            "together with the changes in it. Let that tool open the file read-only.",
            log,
        )


def _copy_public_schemas(
    settings: Settings,
    target: Path,
    known_at: datetime,
    head: Head | None,
    history: Sequence[Run],
    manifest: Path,
) -> None:
    target.unlink(missing_ok=True)
    warehouse = settings.warehouse_file
    with (
        duckdb.connect() as connection,
        limited_memory(connection, warehouse.parent, settings.duckdb_memory),
    ):
        connection.execute("set preserve_insertion_order = false")
        try:
            connection.execute(f"attach '{warehouse}' as warehouse (read_only)")
        except duckdb.Error as error:
            raise LinernotesError(why_not_opened(warehouse, str(error))) from None
        connection.execute(f"attach '{target}' as target (storage_version '{STORAGE_VERSION}')")
        for schema in PUBLIC_SCHEMAS:
            connection.execute(f"create schema target.{schema}")
        nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]
        views = dict(_views_of_public_tables(connection, nodes))
        tables = connection.execute(
            "select schema_name, table_name, comment from duckdb_tables() where database_name = "
            "'warehouse' and schema_name in $1 union all "
            "select schema_name, view_name, comment from duckdb_views() where database_name = "
            "'warehouse' and schema_name in $1 order by all",
            [list(PUBLIC_SCHEMAS)],
        ).fetchall()
        published = _tables_of_run(nodes)
        tables = [row for row in tables if row[:2] in published]
        # The tables of a view are there before it.
        tables.sort(key=lambda row: row[:2] in views)
        connection.execute("use target")
        for schema, table, comment in tables:
            name, view = f"{schema}.{table}", views.get((schema, table))
            connection.execute(view or f"create table {name} as from warehouse.{name}")
            if comment:
                words = literal(without_references(comment))
                kind = "view" if view else "table"
                connection.execute(f"comment on {kind} {name} is {words}")
        columns = connection.execute(
            "select schema_name, table_name, column_name, comment from duckdb_columns() where "
            "database_name = 'warehouse' and schema_name in ? and comment is not null order by all",
            [list(PUBLIC_SCHEMAS)],
        ).fetchall()
        for schema, table, column, comment in columns:
            if (schema, table) not in published:
                continue
            words = literal(without_references(comment))
            connection.execute(f'comment on column target.{schema}.{table}."{column}" is {words}')
        _add_table(
            connection,
            "target.quality.publications",
            "One row: the freeze (UTC) at which everything in this file was computed.",
            {"known_at": ("timestamp", "Only what was recorded by this instant counts; UTC.")},
            [[known_at]],
        )
        keys = keys_of(nodes, {(schema, table) for schema, table, _ in tables})
        _add_table(
            connection, "target.quality.table_keys", table_keys.GRAIN, table_keys.COLUMNS, keys
        )
        add_ledger_head(connection, f"target.{PUBLISHED_HEADS}", head)
        add_runs(connection, "target.quality.runs", history)
        results = "target.quality.check_results"
        _add_table(connection, results, check_results.GRAIN, check_results.COLUMNS, ())
        lake = open_lake(settings)
        lake.ensure_tables()
        insert_check_results(connection, results, lake.active_files(CHECK_RESULTS))
        connection.execute("use memory")
        # DuckDB does not report a failed write when it closes a file, and leaves the rows in a log
        # beside it: a file without tables would be published.
        connection.execute("checkpoint target")
        connection.execute("detach target")
    if write_ahead_log(target).exists():
        write_ahead_log(target).unlink()
        raise LinernotesError(
            f"{target} could not be written completely. Check the disk, then run `linernotes "
            "build` again; readers keep the last publication."
        )


def _tables_of_run(nodes: dict[str, dict[str, Any]]) -> set[tuple[str, str]]:
    """Schema and name of what the run made: its record, and the tables of its models.

    The warehouse file may also have tables of models that an earlier version had.
    """
    made = {
        (schema_of(node), node["alias"])
        for node in nodes.values()
        if node["resource_type"] in {"model", "seed"}
    }
    record = (table.partition(".") for table in (RUN_TABLE, RESULTS_TABLE))
    return made | {(schema, name) for schema, _, name in record}


def _views_of_public_tables(
    connection: duckdb.DuckDBPyConnection, nodes: dict[str, dict[str, Any]]
) -> Iterator[tuple[tuple[str, str], str]]:
    """The views that read public tables only, with their SQL: they are published as views."""
    texts = connection.execute(
        "select schema_name, view_name, sql from duckdb_views() where database_name = 'warehouse'"
    ).fetchall()
    by_name = {(schema, view): sql for schema, view, sql in texts}
    for node in nodes.values():
        name = schema_of(node), node.get("alias", "")
        sources = [nodes[one] for one in node["depends_on"].get("nodes", ()) if one in nodes]
        if name in by_name and all(schema_of(one) in PUBLIC_SCHEMAS for one in sources):
            yield name, by_name[name]


def without_references(comment: str) -> str:
    """A comment without references to things outside the file: pages, and numbers of cases."""
    without_cases = re.sub(r"\s*\(E\d+(?:(?:, | and )E\d+)*\)", "", comment)
    quoted = r'"[^"]*"'
    return re.sub(
        rf"\s*Rules?: docs/\S+\.md(?:, {quoted}(?:(?:,| and) {quoted})*)?\."
        r"|\s*\(docs/[^)]*\)",
        "",
        without_cases,
    )


def add_runs(connection: duckdb.DuckDBPyConnection, table: str, history: Sequence[Run]) -> None:
    """Adds the table of the run history to a file."""
    rows = [
        [
            datetime.fromisoformat(value).replace(tzinfo=None) if name.endswith("_at") else value
            for name, value in asdict(run).items()
        ]
        for run in history
    ]
    _add_table(connection, table, GRAIN, COLUMNS, rows)


def add_ledger_head(connection: duckdb.DuckDBPyConnection, table: str, head: Head | None) -> None:
    """Adds the table of the ledger's head to a file; without a row if nothing is issued."""
    rows = [[getattr(head, name) for name in HEAD_COLUMNS]] if head else []
    about = (
        "One row: the last entry of the ledger when this file was published. No row before the "
        "first issue."
    )
    _add_table(connection, table, about, HEAD_COLUMNS, rows)


def _add_table(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    about: str,
    columns: Mapping[str, tuple[str, str]],
    rows: Sequence[Sequence[Any]],
) -> None:
    """Adds a table with comments on it and its columns.

    Args:
        connection: To the file.
        table: Its name, with database and schema.
        about: The grain.
        columns: Type and meaning of each, by name.
        rows: In the order of the columns.
    """
    typed = ", ".join(f"{name} {type_}" for name, (type_, _) in columns.items())
    connection.execute(f"create table {table} ({typed})")
    if rows:
        marks = ", ".join("?" for _ in columns)
        connection.executemany(f"insert into {table} values ({marks})", rows)
    connection.execute(f"comment on table {table} is {literal(about)}")
    for name, (_, comment) in columns.items():
        connection.execute(f"comment on column {table}.{name} is {literal(comment)}")
