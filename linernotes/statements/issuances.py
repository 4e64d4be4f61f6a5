"""The issuances of the ledger: what each says, and whether its bytes are still those written.

How one is written is in `issuing`; whether its figures agree with each other, in `verification`.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from linernotes.errors import LinernotesError
from linernotes.ledger import (
    AMOUNTS,
    COLUMNS_OF_FILE,
    issuance_folder,
    issuance_folders,
    issued_root,
    ledger_files,
)
from linernotes.settings import Settings
from linernotes.statements.records import (
    ISSUED,
    StatementRecord,
    file_sha256,
    instant,
    month_start,
    record_of,
)

ENTRY, SEAL = "entry.json", "entry.sha256"
FIRST_SHA256 = "0" * 64
# What a statement says in an entry; where its draft's files lay is of no use there.
DRAFTS_OWN = ("state", "report_month", "blocked_by", "files", "checked_run")


@dataclass(frozen=True)
class Issuance:
    """Statements that were issued together.

    Attributes:
        refused: Statements that were asked for and not issued, by id, each with the reasons; known
            only to who has just issued, for the ledger holds what happened and not what did not.
    """

    sequence: int
    report_month: str
    known_at: str
    issued_at: str
    issued_by: str
    previous_sha256: str
    statements: tuple[StatementRecord, ...]
    files: tuple[dict[str, Any], ...]
    path: Path
    refused: dict[str, list[str]]


@dataclass(frozen=True)
class LedgerProblem:
    """One thing in the ledger that does not hold.

    Attributes:
        sequence: Of the issuance; None where it is about the ledger as a whole.
        file: The file it was found in.
        details: What was expected and what was found.
    """

    sequence: int | None
    file: str
    details: str

    def __str__(self) -> str:
        place = self.file if self.sequence is None else f"{self.sequence:06d}/{self.file}"
        return f"{place}: {self.details}"


def statement_entry(record: StatementRecord) -> dict[str, Any]:
    """What an entry says of a statement."""
    return {name: value for name, value in asdict(record).items() if name not in DRAFTS_OWN}


def header_row(record: StatementRecord, sequence: int, issued_at: datetime) -> dict[str, Any]:
    """A statement as a row of the source `raw_ledger__statements`."""
    return {
        "statement_id": record.statement_id,
        "contract_id": record.contract_id,
        "partner_id": record.partner_id,
        "side": record.side,
        "currency_code": record.currency_code,
        "report_month": month_start(record.report_month),
        "version": record.version,
        "known_at": instant(record.known_at),
        "issued_at": issued_at,
        "drafted_by": record.drafted_by,
        "approved_by": record.approved_by,
        "line_set_sha256": record.line_set_sha256,
        "line_count": record.line_count,
        **{name: Decimal(record.totals[name]) for name in AMOUNTS},
        "sequence": sequence,
    }


def seal_text(entry: bytes) -> str:
    """The file that holds the hash of an entry, which only the next entry would hold otherwise.

    `sha256sum --check entry.sha256` understands it.
    """
    return f"{hashlib.sha256(entry).hexdigest()}  {ENTRY}\n"


def read_issuance(folder: Path) -> Issuance:
    """An issuance as its entry tells of it.

    Raises:
        LinernotesError: if it cannot be read.
    """
    try:
        entry = json.loads((folder / ENTRY).read_bytes())
        month = entry["report_month"]
        return Issuance(
            sequence=entry["sequence"],
            report_month=month,
            known_at=entry["known_at"],
            issued_at=entry["issued_at"],
            issued_by=entry["issued_by"],
            previous_sha256=entry["previous_sha256"],
            statements=tuple(
                record_of(one | {"state": ISSUED, "report_month": month})
                for one in entry["statements"]
            ),
            files=tuple(entry["files"]),
            path=folder,
            refused={},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as reason:
        raise LinernotesError(
            f"{folder} is no readable issuance ({reason!r}): restore the folder from a backup; "
            "the ledger is never edited. `linernotes verify --ledger` says what else is wrong."
        ) from reason


def issuances(settings: Settings) -> list[Issuance]:
    """Everything that was issued, in order."""
    return [read_issuance(folder) for folder in issuance_folders(settings)]


def issued_statements(settings: Settings) -> dict[str, StatementRecord]:
    """Every issued statement by its id."""
    return {
        statement.statement_id: statement
        for issuance in issuances(settings)
        for statement in issuance.statements
    }


def changed_bytes(settings: Settings) -> Iterator[LedgerProblem]:
    """Finds whatever in the ledger is not as it was written: files, seals, the chain."""
    folders = {path.name for path in issuance_folders(settings)}
    root = issued_root(settings)
    if root.is_dir():
        for path in sorted(root.iterdir()):
            if path.name not in folders and not path.name.startswith("."):
                yield LedgerProblem(None, path.name, "is no issuance; it does not belong here")
    previous = FIRST_SHA256
    for sequence in range(1, max(map(int, folders), default=0) + 1):
        folder = issuance_folder(settings, sequence)
        if not (folder / ENTRY).is_file():
            yield LedgerProblem(sequence, ENTRY, "is missing")
            # Nothing can be said of the link to it.
            previous = ""
            continue
        yield from _changed_in(folder, sequence, previous)
        previous = file_sha256(folder / ENTRY)


def _changed_in(folder: Path, sequence: int, previous: str) -> Iterator[LedgerProblem]:
    content = (folder / ENTRY).read_bytes()
    seal = folder / SEAL
    if not seal.is_file():
        yield LedgerProblem(sequence, SEAL, "is missing")
    elif seal.read_bytes() != seal_text(content).encode():
        digest = hashlib.sha256(content).hexdigest()
        details = f"SHA-256 is {digest}, and {SEAL} says another: one of the two was changed"
        yield LedgerProblem(sequence, ENTRY, details)
    try:
        issuance = read_issuance(folder)
        listed = {entry["name"]: entry for entry in issuance.files}
        sizes = {name: (entry["bytes"], entry["sha256"]) for name, entry in listed.items()}
    except (LinernotesError, KeyError, TypeError) as reason:
        yield LedgerProblem(sequence, ENTRY, f"cannot be read: {reason}")
        return
    if issuance.sequence != sequence:
        yield LedgerProblem(sequence, ENTRY, f"calls itself number {issuance.sequence}")
    if previous and issuance.previous_sha256 != previous:
        details = (
            f"follows an entry with SHA-256 {issuance.previous_sha256}, "
            f"the one before has {previous}"
        )
        yield LedgerProblem(sequence, ENTRY, details)
    for name in sorted({path.name for path in folder.iterdir()} - {*COLUMNS_OF_FILE, ENTRY, SEAL}):
        yield LedgerProblem(sequence, name, "does not belong here")
    for name in sorted(sizes.keys() - COLUMNS_OF_FILE.keys()):
        yield LedgerProblem(sequence, ENTRY, f"lists {name}, which no issuance has")
    for name in COLUMNS_OF_FILE:
        path = folder / name
        if name not in sizes:
            yield LedgerProblem(sequence, ENTRY, f"does not list {name}")
        elif not path.is_file():
            yield LedgerProblem(sequence, name, "is missing")
        elif (found := (path.stat().st_size, file_sha256(path))) != sizes[name]:
            details = f"bytes and SHA-256 are {found}, not {sizes[name]}"
            yield LedgerProblem(sequence, name, details)


def line_types_issued(settings: Settings) -> set[str]:
    """The types of all lines in the ledger."""
    files = ledger_files(settings)["raw_ledger__lines"]
    if not files:
        return set()
    with duckdb.connect() as connection:
        rows = connection.execute(
            "select distinct line_type from read_parquet(?)", [[str(file) for file in files]]
        ).fetchall()
        return {row[0] for row in rows}
