"""Notes of the inputs of packages, so that an unchanged package is not made again.

They only save time. Without its note a package is made again and compared with the existing
version, with the same result.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from linernotes.agreements import Agreements
from linernotes.base import durable
from linernotes.base.settings import Settings
from linernotes.ledger.records import StatementRecord, file_safe
from linernotes.packages.interchange import what_is_agreed

NOTES = "packages"
# The program's own files, from which packages are made: any of it may change what they show.
CODE = ("*.py", "*.typ")


@dataclass(frozen=True)
class Note:
    """The inputs of the newest version of a package, or other inputs that gave the same content.

    Attributes:
        inputs_sha256: The hash of the inputs, from `inputs_sha256`.
    """

    inputs_sha256: str
    version: int
    manifest_sha256: str


def inputs_sha256(
    settings: Settings, agreements: Agreements, statements: list[StatementRecord]
) -> str:
    """The hash of all inputs of a package: the published file, the statements, the agreement.

    The published file is identified by its pointer, size and time, because it is never changed.
    Compute the hash before the file is opened, so that a newer file is not taken for the older.
    """
    file, pointer = settings.published_file, settings.published_root / "current.json"
    published = [file.stat().st_size, file.stat().st_mtime_ns] if file.exists() else []
    parts = [
        _code_sha256(),
        pointer.read_text(encoding="utf-8", errors="replace") if pointer.exists() else "",
        published,
        [asdict(one) for one in statements],
        what_is_agreed(agreements, statements[0].partner_id),
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


@cache
def _code_sha256() -> str:
    root = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for pattern in CODE:
        for path in sorted(root.rglob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def write_note(settings: Settings, statement: StatementRecord, note: Note) -> None:
    """Replaces the note of a statement's package."""
    path = _path(settings, statement)
    durable.make_folder(path.parent)
    durable.write_text(path, json.dumps(asdict(note)))


def read_note(settings: Settings, statement: StatementRecord) -> Note | None:
    """The note of a statement's package; None if there is none or it cannot be read."""
    try:
        return Note(**json.loads(_path(settings, statement).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _path(settings: Settings, statement: StatementRecord) -> Path:
    folder = settings.warehouse_file.parent / NOTES / file_safe(statement.partner_id)
    return folder / f"{statement.report_month}.json"
