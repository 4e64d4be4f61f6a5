"""The issuances of the ledger: their content, and whether their bytes are unchanged.

`statements.issuing` writes them; `verification` checks their figures.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

import duckdb

from linernotes.base.clock import instant
from linernotes.base.digests import file_sha256
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.ledger.files import (
    AMOUNTS,
    COLUMNS_OF_FILE,
    ENTRY,
    ENTRY_VERSION,
    HEAD,
    SEAL,
    UNSIGNED_VERSION,
    issuance_folder,
    issuance_folders,
    issued_root,
    ledger_files,
)
from linernotes.ledger.heads import Head, head_file, head_of
from linernotes.ledger.keys import KeyChange, way_between
from linernotes.ledger.records import ISSUED, StatementRecord, month_start, record_of

# Folders of the ledger with the evidence of issuances.
EVIDENCE_FOLDERS = ("drafts", "approvals")
FIRST_SHA256 = "0" * 64
# Fields of a statement in an entry, which does not need the hashes of its draft's files.
DRAFTS_OWN = ("state", "report_month", "blocked_by", "files", "checked_run")


@dataclass(frozen=True)
class Issuance:
    """Statements that were issued together.

    Attributes:
        version: Of the entry's format. 1 is not signed and lists no evidence.
        public_key: Of the key that signed it, in base64; empty in version 1.
        key_changes: The changes that led from the previous key to this one.
        evidence: Per statement: draft, approval and the files of the draft, each with its place in
        the ledger, rows, bytes and SHA-256.
        refused: Requested statements that were not issued, by id, each with the reasons; only in
            the result of `issue`, because the ledger does not store them.
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
    version: int = UNSIGNED_VERSION
    public_key: str = ""
    key_changes: tuple[KeyChange, ...] = ()
    evidence: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class LedgerProblem:
    """One fault in the ledger.

    Attributes:
        sequence: Of the issuance; None if the fault concerns the ledger as a whole.
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
    """A statement as the entry stores it."""
    return {
        name: value
        for name, value in asdict(record).items()
        if name not in DRAFTS_OWN and (value or not name.endswith("_identity"))
    }


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
    """The text of the seal, which holds the hash of an entry, as the next entry will.

    `sha256sum --check entry.sha256` understands it.
    """
    return f"{hashlib.sha256(entry).hexdigest()}  {ENTRY}\n"


def read_issuance(folder: Path) -> Issuance:
    """Reads an issuance from its entry.

    Raises:
        LinernotesError: if it cannot be read.
    """
    try:
        found = (folder / ENTRY).stat()
        return _read_entry(folder, found.st_mtime_ns, found.st_size, found.st_ino)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as reason:
        raise LinernotesError(
            f"{folder} is not a readable issuance ({reason!r}): restore the folder from a backup; "
            "the ledger is never edited. `linernotes verify --ledger` lists other faults."
        ) from reason


@lru_cache(maxsize=512)
def _read_entry(folder: Path, *_: int) -> Issuance:
    """An issuance, cached as long as its entry is the same file with the same time."""
    entry = json.loads((folder / ENTRY).read_bytes())
    month = entry["report_month"]
    version = entry.get("entry_version", UNSIGNED_VERSION)
    if version not in (UNSIGNED_VERSION, ENTRY_VERSION):
        raise ValueError(f"version {version} of an entry, which this code does not know")
    is_signed = version != UNSIGNED_VERSION
    return Issuance(
        sequence=entry["sequence"],
        report_month=month,
        known_at=entry["known_at"],
        issued_at=entry["issued_at"],
        issued_by=entry["issued_by"],
        previous_sha256=entry["previous_sha256"],
        statements=tuple(
            record_of(one | {"state": ISSUED, "report_month": month}) for one in entry["statements"]
        ),
        files=tuple(entry["files"]),
        path=folder,
        refused={},
        version=version,
        public_key=entry["public_key"] if is_signed else "",
        key_changes=tuple(KeyChange(**one) for one in entry["key_changes"]) if is_signed else (),
        evidence=tuple(entry["evidence"]) if is_signed else (),
    )


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


def head_of_issue(settings: Settings, statements: Iterable[StatementRecord]) -> Head | None:
    """The head of the entry that issued the last of these statements; None if none is issued.

    Later issues do not change it.
    """
    issued = _issuances_of(settings, statements)
    return head_of(issued[-1].path) if issued else None


def instant_of_issue(settings: Settings, statements: Iterable[StatementRecord]) -> datetime | None:
    """When the last of these statements was issued, naive UTC; None unless all of them are."""
    statements = list(statements)
    issued = _issuances_of(settings, statements)
    ids = {statement.statement_id for issuance in issued for statement in issuance.statements}
    if not statements or not ids.issuperset(statement.statement_id for statement in statements):
        return None
    return max(instant(issuance.issued_at) for issuance in issued)


def _issuances_of(settings: Settings, statements: Iterable[StatementRecord]) -> list[Issuance]:
    """The issuances, in order, that issued at least one of these statements."""
    ids = {statement.statement_id for statement in statements}
    return [
        issuance
        for issuance in issuances(settings)
        if not ids.isdisjoint(statement.statement_id for statement in issuance.statements)
    ]


def last_public_key(settings: Settings) -> str:
    """The key of the last signed entry; empty if none is signed."""
    return next((one.public_key for one in reversed(issuances(settings)) if one.public_key), "")


def changed_bytes(settings: Settings) -> Iterator[LedgerProblem]:
    """Finds every change in the ledger: files, seals, signatures, the chain, and the evidence that
    signed entries list.
    """
    yield from _links(settings)
    folders = {path.name for path in issuance_folders(settings)}
    root = issued_root(settings)
    if root.is_dir():
        for path in sorted(root.iterdir()):
            if path.name not in folders and not path.name.startswith("."):
                yield LedgerProblem(None, path.name, "is not an issuance, and does not belong here")
    previous, key = FIRST_SHA256, ""
    for sequence in range(1, max(map(int, folders), default=0) + 1):
        folder = issuance_folder(settings, sequence)
        if not (folder / ENTRY).is_file():
            yield LedgerProblem(sequence, ENTRY, "is missing")
            # The link to it cannot be checked.
            previous = ""
            continue
        try:
            issuance = read_issuance(folder)
            yield from _changed_in(issuance, sequence, previous)
            yield from _wrongly_signed(issuance, sequence, key)
            yield from _changed_evidence(settings, issuance, sequence)
            key = issuance.public_key or key
        except (LinernotesError, LookupError, TypeError, AttributeError, ValueError) as reason:
            yield LedgerProblem(sequence, ENTRY, f"cannot be read: {reason}")
        previous = file_sha256(folder / ENTRY)


def _links(settings: Settings) -> Iterator[LedgerProblem]:
    """Links and special files: somebody else may control their content."""
    top = settings.ledger_root
    paths = [top] if top.is_symlink() else sorted(top.rglob("*"))
    for path in paths:
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            name = str(path.relative_to(settings.home))
            details = "is a link or not a regular file: restore the file itself from a backup"
            yield LedgerProblem(None, name, details)


def _changed_in(issuance: Issuance, sequence: int, previous: str) -> Iterator[LedgerProblem]:
    folder = issuance.path
    content = (folder / ENTRY).read_bytes()
    seal = folder / SEAL
    if not seal.is_file():
        yield LedgerProblem(sequence, SEAL, "is missing")
    elif seal.read_bytes() != seal_text(content).encode():
        digest = hashlib.sha256(content).hexdigest()
        details = f"SHA-256 is {digest}, and {SEAL} says another: one of the two was changed"
        yield LedgerProblem(sequence, ENTRY, details)
    listed = {entry["name"]: entry for entry in issuance.files}
    sizes = {name: (entry["bytes"], entry["sha256"]) for name, entry in listed.items()}
    if issuance.sequence != sequence:
        yield LedgerProblem(sequence, ENTRY, f"calls itself number {issuance.sequence}")
    if previous and issuance.previous_sha256 != previous:
        details = (
            f"follows an entry with SHA-256 {issuance.previous_sha256}, "
            f"the one before has {previous}"
        )
        yield LedgerProblem(sequence, ENTRY, details)
    own = {*COLUMNS_OF_FILE, ENTRY, SEAL} | ({HEAD} if issuance.version > 1 else set())
    for name in sorted({path.name for path in folder.iterdir()} - own):
        yield LedgerProblem(sequence, name, "does not belong here")
    for name in sorted(sizes.keys() - COLUMNS_OF_FILE.keys()):
        yield LedgerProblem(sequence, ENTRY, f"lists {name}, which no issuance has")
    for name in COLUMNS_OF_FILE:
        if name not in sizes:
            yield LedgerProblem(sequence, ENTRY, f"does not list {name}")
        elif details := _differs(folder / name, *sizes[name]):
            yield LedgerProblem(sequence, name, details)


def _wrongly_signed(issuance: Issuance, sequence: int, key: str) -> Iterator[LedgerProblem]:
    """The faults of the signature of an entry; `key` is that of the previous entries."""
    if issuance.version == UNSIGNED_VERSION:
        if key:
            yield LedgerProblem(sequence, ENTRY, "is not signed, although earlier entries are")
        return
    path = issuance.path / HEAD
    if not path.is_file():
        yield LedgerProblem(sequence, HEAD, "with the signature is missing")
        return
    head = head_file(path)
    if path.read_bytes() != head.text.encode():
        yield LedgerProblem(sequence, HEAD, "is not as it was written")
    if (head.number, head.sha256) != (sequence, file_sha256(issuance.path / ENTRY)):
        yield LedgerProblem(sequence, HEAD, f"is not the head of {ENTRY}: one was changed")
    elif not head.is_valid:
        yield LedgerProblem(sequence, HEAD, "does not bear the signature of its key")
    if head.public_key != issuance.public_key:
        yield LedgerProblem(sequence, HEAD, f"is signed with another key than {ENTRY} says")
    if way_between(key or issuance.public_key, issuance.public_key, issuance.key_changes) is None:
        details = f"does not list the changes that led from the previous key to {head.key_id}"
        yield LedgerProblem(sequence, ENTRY, details)


def _changed_evidence(
    settings: Settings, issuance: Issuance, sequence: int
) -> Iterator[LedgerProblem]:
    for entry in issuance.evidence:
        name = PurePosixPath(entry["name"])
        if name.parts[0] not in EVIDENCE_FOLDERS or ".." in name.parts:
            yield LedgerProblem(sequence, ENTRY, f"lists {name}, which is not evidence")
        elif details := _differs(settings.ledger_root / name, entry["bytes"], entry["sha256"]):
            yield LedgerProblem(sequence, str(name), details)


def _differs(path: Path, size: int, sha256: str) -> str:
    """How a file differs from its recorded size and hash; empty if it does not."""
    if not path.is_file():
        return "is missing"
    found = path.stat().st_size, file_sha256(path)
    return "" if found == (size, sha256) else f"bytes and SHA-256 are {found}, not {(size, sha256)}"


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
