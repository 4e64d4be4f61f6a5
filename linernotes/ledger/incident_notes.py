"""Notes on closed incidents: kept in the ledger, chained by hashes and signed like its entries.

A note is never changed or deleted; a later note on the same incident replaces it. The models
(`fct_incidents`) find the incidents.
"""

import json
import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
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


@dataclass(frozen=True)
class Incident:
    """An incident of the published file.

    Attributes:
        subject: Its subject, in names.
        held: Amounts on hold for it, each with its currency.
        due: Day by which it has to be closed, with a mark if it is overdue.
    """

    incident_id: str
    severity: str
    label: str
    subject: str
    item_count: int | None
    held: list[str]
    opened_at: datetime
    due: str
    next_action_by: str
    status: str

    def __str__(self) -> str:
        return f"{self.incident_id}: {self.label}, {self.subject}, since {self.opened_at:%Y-%m-%d}"

    def as_row(self) -> dict[str, Any]:
        """The incident as plain values."""
        return asdict(self) | {"opened_at": instant_text(self.opened_at)}


def incidents(
    settings: Settings,
    kind: str | None = None,
    month: str | None = None,
    partner: str | None = None,
    *,
    only_open: bool = True,
) -> list[Incident]:
    """The incidents of the published file, most severe and oldest first.

    An incident that was closed after the build of the file is shown as closed.

    Args:
        settings: The home.
        kind: Only this kind; every kind when left out.
        month: Only this month, `YYYY-MM`.
        partner: Only those that concern this partner.
        only_open: Whether closed and dissolved ones are left out.

    Raises:
        LinernotesError: if nothing is published.
    """
    with open_published(settings) as connection:
        rows = connection.execute(
            """
            select
                incident_id, min(severity), min(label),
                coalesce(min(concat_ws(
                    ', ', product_name, object_name, derivative_id, model_version, decision_id,
                    case_id, contract_id, owner_name
                )), ''),
                min(item_count),
                coalesce(
                    list(held_amount || ' ' || currency_code order by currency_code)
                        filter (held_amount <> 0),
                    []
                ),
                min(opened_at),
                min(due_date)::varchar || case when bool_or(is_overdue) then ' overdue' else '' end,
                min(next_action_by), min(incident_status), min(last_seen_at)
            from reports.rpt_executive__incidents
            where
                ($kind is null or incident_kind = $kind)
                and ($month is null or strftime(report_month, '%Y-%m') = $month)
                and ($partner is null or partner_id = $partner)
            group by incident_id
            order by
                list_position(['critical', 'high', 'medium'], min(severity)), min(opened_at),
                incident_id
            """,
            {"kind": kind, "month": month, "partner": partner},
        ).fetchall()
    closed = {note.incident_id: instant(note.noted_at) for note in incident_notes(settings)}
    found = []
    for *row, last_seen_at in rows:
        one = Incident(*row)
        closed_at = closed.get(one.incident_id)
        if one.status == "open" and closed_at and closed_at >= last_seen_at:
            one = replace(one, status="closed")
        if one.status == "open" or not only_open:
            found.append(one)
    return found


def critical_incidents(settings: Settings) -> list[Incident]:
    """The open critical incidents, oldest first.

    Raises:
        LinernotesError: if nothing is published.
    """
    return [one for one in incidents(settings) if one.severity == "critical"]


def incident_facts(settings: Settings, incident_id: str) -> list[dict[str, Any]]:
    """All facts about an incident in the published file, a row per currency; empty if unknown.

    Raises:
        LinernotesError: if nothing is published.
    """
    with open_published(settings) as connection:
        found = connection.execute(
            "select * from reports.rpt_executive__incidents where incident_id = ? "
            "order by currency_code",
            [incident_id],
        )
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


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
