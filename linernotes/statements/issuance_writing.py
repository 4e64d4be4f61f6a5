"""Writes an issuance: the entry of the ledger, its files, its signature, and its evidence.

`issuing` decides what is issued.
"""

import shutil
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from linernotes.base import durable
from linernotes.base.clock import instant, instant_text, now
from linernotes.base.digests import file_sha256
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.ledger.figure_checks import APPROVAL, DRAFT_RECORD, figures_that_differ
from linernotes.ledger.files import (
    COLUMNS_OF_FILE,
    ENTRY,
    ENTRY_VERSION,
    HEAD,
    KINDS,
    SEAL,
    STATEMENT_COLUMNS,
    STATEMENTS_FILE,
    copy_to,
    issuance_folder,
    issuance_folders,
    issued_root,
)
from linernotes.ledger.heads import signed_head
from linernotes.ledger.issuances import (
    FIRST_SHA256,
    Issuance,
    header_row,
    issued_statements,
    last_public_key,
    read_issuance,
    seal_text,
    statement_entry,
)
from linernotes.ledger.keys import (
    SigningKey,
    key_changes,
    make_signing_key,
    signing_key,
    way_between,
)
from linernotes.ledger.records import (
    StatementRecord,
    draft_path,
    json_text,
    operating_system_user,
)
from linernotes.statements.approvals import approval_path

# So many faults are listed in a message.
MOST_PROBLEMS = 20


def write_issuance(
    settings: Settings,
    connection: duckdb.DuckDBPyConnection,
    statements: list[StatementRecord],
    by: str,
) -> Issuance:
    """Writes an issuance under a hidden name; renames it to its number when it is on the disk."""
    root, last = issued_root(settings), max(issuance_folders(settings), default=None)
    sequence = int(last.name) + 1 if last else 1
    key = _signing_key(settings)
    key_before = last_public_key(settings) or key.public_key
    building = durable.unfinished_folder(root)
    try:
        issued_at = now()
        _write_statements(connection, building, statements, sequence, issued_at)
        _write_rows(settings, connection, building, statements, sequence)
        entry = {
            "entry_version": ENTRY_VERSION,
            "sequence": sequence,
            "report_month": statements[0].report_month,
            "known_at": max((one.known_at for one in statements), key=instant),
            "issued_at": instant_text(issued_at),
            "issued_by": by or operating_system_user(),
            "previous_sha256": file_sha256(last / ENTRY) if last else FIRST_SHA256,
            "statements": [statement_entry(one) for one in statements],
            "files": [
                _described(connection, building / name)
                for name in (STATEMENTS_FILE, *KINDS.values())
            ],
            "evidence": [
                described
                for one in statements
                for described in _evidence(settings, connection, one)
            ],
            "public_key": key.public_key,
            "key_changes": [
                asdict(change)
                for change in way_between(key_before, key.public_key, key_changes(settings)) or []
            ],
        }
        content = json_text(entry).encode()
        (building / ENTRY).write_bytes(content)
        (building / SEAL).write_text(seal_text(content), encoding="utf-8", newline="\n")
        head = signed_head(sequence, file_sha256(building / ENTRY), key)
        (building / HEAD).write_text(head.text, encoding="utf-8", newline="\n")
        _require_it_would_hold(settings, connection, building)
        target = issuance_folder(settings, sequence)
        if not durable.settle(building, target):
            raise LinernotesError(f"{target} exists already: an issuance is never replaced.")
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return read_issuance(target)


def _require_it_would_hold(
    settings: Settings, connection: duckdb.DuckDBPyConnection, building: Path
) -> None:
    """Checks an issuance as `linernotes verify` will, because the ledger is append-only.

    Raises:
        LinernotesError: if it would fail the check.
    """
    last = {one.contract_id: one for one in issued_statements(settings).values()}
    problems = figures_that_differ(settings, connection, read_issuance(building), last)
    if problems:
        listed = "\n".join(f"  - {one.file}: {one.details}" for one in problems[:MOST_PROBLEMS])
        raise LinernotesError(
            f"Nothing is issued, because the entry would not verify:\n{listed}\nFind the cause, "
            "build, draft and approve again."
        )


def _write_statements(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    statements: list[StatementRecord],
    sequence: int,
    issued_at: datetime,
) -> None:
    columns = ", ".join(f"{name} {type_}" for name, type_ in STATEMENT_COLUMNS.items())
    connection.execute(f"create or replace temp table statements ({columns})")
    for one in statements:
        values = header_row(one, sequence, issued_at)
        marks = ", ".join("?" for _ in values)
        connection.execute(
            f"insert into statements values ({marks})", [values[name] for name in STATEMENT_COLUMNS]
        )
    copy_to(connection, "select * from statements order by statement_id", folder / STATEMENTS_FILE)


def _write_rows(
    settings: Settings,
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    statements: list[StatementRecord],
    sequence: int,
) -> None:
    """Combines the lines, uses and pools of all statements, in the order of the statements."""
    connection.execute("set threads = 1")
    for kind, name in KINDS.items():
        columns = COLUMNS_OF_FILE[name]
        files = [str(draft_path(settings, one, f"{kind}.parquet")) for one in statements]
        selection = ", ".join(
            f"cast({'$sequence' if column == 'sequence' else column} as {type_}) as {column}"
            for column, type_ in columns.items()
        )
        values: dict[str, Any] = {"files": files}
        if "sequence" in columns:
            values["sequence"] = sequence
        copy_to(connection, f"select {selection} from read_parquet($files)", folder / name, values)


def _evidence(
    settings: Settings, connection: duckdb.DuckDBPyConnection, statement: StatementRecord
) -> list[dict[str, Any]]:
    """The evidence of a statement: its draft, its approval, the files beside the draft."""
    files = {
        DRAFT_RECORD: draft_path(settings, statement),
        APPROVAL: approval_path(settings, statement),
        **{kind: draft_path(settings, statement, f"{kind}.parquet") for kind in statement.files},
    }
    return [
        {"statement_id": statement.statement_id, "kind": kind}
        | _described(connection, path)
        | {"name": path.relative_to(settings.ledger_root).as_posix()}
        for kind, path in files.items()
    ]


def _described(connection: duckdb.DuckDBPyConnection, path: Path) -> dict[str, Any]:
    rows = None
    if path.suffix == ".parquet":
        counted = "select count(*) from read_parquet(?)"
        [(rows,)] = connection.execute(counted, [str(path)]).fetchall()
    return {
        "name": path.name,
        "rows": rows,
        "bytes": path.stat().st_size,
        "sha256": file_sha256(path),
    }


def _signing_key(settings: Settings) -> SigningKey:
    """The key that signs the next entry; generated for the first signed entry."""
    key = signing_key(settings)
    if key is None and last_public_key(settings):
        raise LinernotesError(
            f"The key that signs the ledger is not in {settings.keys_root}: restore that folder "
            "from a backup. If there is none, run `linernotes keys rotate --lost --because TEXT`."
        )
    return key or make_signing_key(settings)
