"""Notes on closed incidents: kept in the ledger, chained by hashes and signed like its entries.

A note is never changed or deleted; a later note on the same incident replaces it. The models
(`fct_incidents`) find the incidents.
"""

import json
import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from linernotes.base import durable, locks
from linernotes.base.clock import instant, instant_text, now
from linernotes.base.digests import file_sha256
from linernotes.base.errors import LinernotesError
from linernotes.base.published import open_published
from linernotes.base.settings import Settings
from linernotes.ledger.files import (
    ENTRY,
    HEAD,
    NOTE_COLUMNS,
    NOTE_FILE,
    SEAL,
    copy_to,
    note_folder,
    note_folders,
    notes_root,
)
from linernotes.ledger.heads import head_file, signed_head
from linernotes.ledger.issuances import FIRST_SHA256, LedgerProblem, last_public_key, seal_text
from linernotes.ledger.keys import make_signing_key, signing_key
from linernotes.ledger.records import json_text

NOTE_VERSION = 1
LEAST_WORDS = 3
# Facts about the incident when it was closed, from the published file.
FACTS = tuple(NOTE_COLUMNS)[1:-3]


@dataclass(frozen=True)
class IncidentNote:
    """A person's reason for closing an incident.

    Attributes:
        sequence: Its number in the chain of notes.
        facts: Facts about the incident, by column.
        because: The reason.
        noted_by: The person.
        noted_at: When, UTC.
    """

    sequence: int
    incident_id: str
    facts: dict[str, Any]
    because: str
    noted_by: str
    noted_at: str


def close_incident(settings: Settings, incident_id: str, because: str, by: str) -> IncidentNote:
    """Closes an incident: writes the reason into the ledger.

    The next build shows it as closed; if it continues after that, it is open again.

    Args:
        settings: The home.
        incident_id: An incident of the published file, as `linernotes incident list` shows it.
        because: The reason, in a sentence.
        by: The person who takes responsibility for it.

    Raises:
        LinernotesError: if no such incident is published, if reason or person are missing, if the
            incident is closed already, or if the notes were changed.
    """
    because, by = " ".join(because.split()), by.strip()
    if len(because.split()) < LEAST_WORDS:
        raise LinernotesError(
            "Give the reason for closing the incident, in a sentence: --because TEXT."
        )
    if not by:
        raise LinernotesError("Give the name of the person who closes the incident: --by NAME.")
    facts, status, last_seen_at = _published(settings, incident_id)
    with _writing(settings):
        problems = list(changed_notes(settings))
        if problems:
            raise LinernotesError(
                f"The notes in {notes_root(settings)} were changed, so no more is added: "
                f"{problems[0]}. Restore the ledger's newest copy."
            )
        known = {note.incident_id: note for note in incident_notes(settings)}.get(incident_id)
        if status != "open" or (known and instant(known.noted_at) >= last_seen_at):
            raise LinernotesError(f"{incident_id} is closed already.")
        return _write(settings, facts, because, by)


def incident_notes(settings: Settings) -> list[IncidentNote]:
    """The notes in the order they were written.

    Raises:
        LinernotesError: if one cannot be read.
    """
    return [_note(folder) for folder in note_folders(settings)]


def changed_notes(settings: Settings) -> Iterator[LedgerProblem]:
    """Finds every change in the notes: files, seals, signatures, the chain."""
    folders = {path.name for path in note_folders(settings)}
    previous = FIRST_SHA256
    for sequence in range(1, max(map(int, folders), default=0) + 1):
        folder = note_folder(settings, sequence)
        name = f"{folder.parent.name}/{folder.name}"
        try:
            yield from (
                LedgerProblem(None, f"{name}/{file}", details)
                for file, details in _changed_in(folder, sequence, previous)
            )
            previous = file_sha256(folder / ENTRY)
        except (OSError, ValueError, LookupError, TypeError, LinernotesError) as reason:
            yield LedgerProblem(None, f"{name}/{ENTRY}", f"cannot be read: {reason}")
            return


def _changed_in(folder: Path, sequence: int, previous: str) -> Iterator[tuple[str, str]]:
    content = (folder / ENTRY).read_bytes()
    entry, head = json.loads(content), head_file(folder / HEAD)
    if (folder / SEAL).read_bytes() != seal_text(content).encode():
        yield ENTRY, f"its SHA-256 is not what {SEAL} says: one of the two was changed"
    if entry["sequence"] != sequence:
        yield ENTRY, f"calls itself number {entry['sequence']}"
    if entry["previous_sha256"] != previous:
        yield ENTRY, "does not follow the note before it"
    if (folder / HEAD).read_bytes() != head.text.encode():
        yield HEAD, "is not as it was written"
    if (head.number, head.sha256) != (sequence, file_sha256(folder / ENTRY)):
        yield HEAD, f"is not the head of {ENTRY}: one was changed"
    elif not head.is_valid or head.public_key != entry["public_key"]:
        yield HEAD, "does not bear the signature of its key"
    if file_sha256(folder / NOTE_FILE) != entry["note_sha256"]:
        yield NOTE_FILE, f"its SHA-256 is not {entry['note_sha256']}"
    for name in sorted({path.name for path in folder.iterdir()} - {ENTRY, SEAL, HEAD, NOTE_FILE}):
        yield name, "does not belong here"


def _published(settings: Settings, incident_id: str) -> tuple[dict[str, Any], str, datetime]:
    """An incident in the published file: its facts, its status, when it was last seen."""
    with open_published(settings) as connection:
        found = connection.execute(
            f"select {', '.join(FACTS)}, incident_status, last_seen_at "
            "from marts.fct_incidents where incident_id = ?",
            [incident_id],
        ).fetchone()
    if found is None:
        raise LinernotesError(
            f"No incident {incident_id} is published: `linernotes incident list --all` lists them."
        )
    *facts, status, last_seen_at = found
    return dict(zip(FACTS, facts, strict=True)), status, last_seen_at


@contextmanager
def _writing(settings: Settings) -> Generator[None]:
    root = notes_root(settings)
    durable.make_folder(root)
    with locks.holding(settings.ledger_root / "incidents.lock"):
        durable.clear_unfinished(root)
        durable.sync(root)
        yield


def _write(settings: Settings, facts: dict[str, Any], because: str, by: str) -> IncidentNote:
    """Writes a note under a hidden name, and renames it to its number when it is on the disk."""
    if signing_key(settings) is None and last_public_key(settings):
        raise LinernotesError(
            f"The key that signs the ledger is not in {settings.keys_root}: restore that folder "
            "from a backup. If there is none, run `linernotes keys rotate --lost --because TEXT`."
        )
    key = make_signing_key(settings)
    last = max(note_folders(settings), default=None)
    sequence, noted_at = int(last.name) + 1 if last else 1, now()
    row = {"sequence": sequence} | facts
    row |= {"because": because, "noted_by": by, "noted_at": noted_at}
    building = durable.unfinished_folder(notes_root(settings))
    try:
        selection = ", ".join(f"${name}::{type_} as {name}" for name, type_ in NOTE_COLUMNS.items())
        with duckdb.connect() as connection:
            copy_to(connection, f"select {selection}", building / NOTE_FILE, row)
        note = IncidentNote(
            sequence,
            facts["incident_id"],
            {name: _plain(value) for name, value in facts.items()},
            because,
            by,
            instant_text(noted_at),
        )
        entry = {
            "note_version": NOTE_VERSION,
            **asdict(note),
            "note_sha256": file_sha256(building / NOTE_FILE),
            "previous_sha256": file_sha256(last / ENTRY) if last else FIRST_SHA256,
            "public_key": key.public_key,
        }
        content = json_text(entry).encode()
        (building / ENTRY).write_bytes(content)
        (building / SEAL).write_text(seal_text(content), encoding="utf-8", newline="\n")
        head = signed_head(sequence, file_sha256(building / ENTRY), key)
        (building / HEAD).write_text(head.text, encoding="utf-8", newline="\n")
        target = note_folder(settings, sequence)
        if not durable.settle(building, target):
            raise LinernotesError(f"{target} exists already: a note is never replaced.")
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return note


def _note(folder: Path) -> IncidentNote:
    try:
        entry = json.loads((folder / ENTRY).read_text(encoding="utf-8"))
        return IncidentNote(**{name: entry[name] for name in IncidentNote.__annotations__})
    except (OSError, ValueError, LookupError, TypeError) as reason:
        raise LinernotesError(f"{folder / ENTRY} cannot be read ({reason}).") from reason


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds") + "Z"
    return f"{value:%Y-%m}" if isinstance(value, date) else value
