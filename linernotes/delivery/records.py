"""The records of delivery runs: files in the home, append-only.

`shipping` makes the runs.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from linernotes.base import durable
from linernotes.base.clock import millisecond_text, utc_now
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.ledger.records import file_safe, json_text
from linernotes.packages import Package

RECORD_VERSION = 1
# Recorded outcomes: arrived; target unreachable or refusing; must not be delivered.
DELIVERED, FAILED, REFUSED = "delivered", "failed", "refused"
# Outcomes without a record: an earlier record has the arrival; no target is agreed.
AS_BEFORE, NO_TARGET = "as before", "no target"


@dataclass(frozen=True)
class SentFile:
    """A file of a package, as it is in the outbox and as it was sent.

    Attributes:
        sent_name: Its name at the target; encrypted, with `.pgp` at the end.
        was_there: Whether the target had it already, from an interrupted run.
        acknowledgement: The target's acknowledgement: bytes, and the SHA-256 that was read back or
            the ETag of an object.
    """

    name: str
    bytes: int
    sha256: str
    sent_name: str
    sent_bytes: int
    sent_sha256: str
    was_there: bool
    acknowledgement: dict[str, Any]


@dataclass(frozen=True)
class Shipment:
    """One run that delivers a package to its partner's target.

    Attributes:
        shipment_id: Shared by a run and those that resumed it.
        target: The target without secrets; None if none is agreed.
        certificate: Fingerprint of the OpenPGP certificate that it was encrypted to.
        is_again: Whether every file had to be sent again.
        attempts: Number of attempts.
        faults: The faults that ended attempts.
        files: The files that have arrived.
        flags: The empty files that mark the complete delivery.
        reason: Why it failed or was refused; empty otherwise.
        ledger_head: The head of the ledger in the package's manifest, if it was read.
    """

    partner_id: str
    report_month: str
    version: int
    manifest_sha256: str
    shipment_id: str
    target: str | None
    certificate: str | None = None
    is_again: bool = False
    started_at: str = ""
    ended_at: str = ""
    attempts: int = 0
    faults: tuple[str, ...] = ()
    files: tuple[SentFile, ...] = ()
    flags: tuple[str, ...] = ()
    outcome: str = REFUSED
    reason: str = ""
    ledger_head: dict[str, Any] | None = None
    record_version: int = field(default=RECORD_VERSION)

    @property
    def sent_bytes(self) -> int:
        return sum(file.sent_bytes for file in self.files)

    @property
    def is_trouble(self) -> bool:
        """Whether a person has to act."""
        return self.outcome in (FAILED, REFUSED)


def record(settings: Settings, shipment: Shipment) -> Shipment:
    """Adds the record of a finished run."""
    ended = replace(shipment, ended_at=present_text())
    folder = _folder(settings, shipment.partner_id, shipment.report_month)
    number = 1 + len(list(folder.glob(f"v{shipment.version}.*.json")))
    while not durable.write_once(
        folder / f"v{shipment.version}.{number:04d}.json", json_text(asdict(ended))
    ):
        number += 1
    return ended


def shipments(settings: Settings, partner_id: str, month: str, version: int) -> Iterator[Shipment]:
    """The recorded runs of a version of a package, oldest first."""
    for path in sorted(_folder(settings, partner_id, month).glob(f"v{version}.*.json")):
        yield _read(path)


def arrival(settings: Settings, package: Package) -> Shipment | None:
    """The newest record of the arrival of exactly this package."""
    found = None
    for one in shipments(settings, package.partner_id, package.report_month, package.version):
        if one.outcome == DELIVERED and one.manifest_sha256 == package.manifest_sha256:
            found = one
    return found


def present_text() -> str:
    """The present in the format of records of deliveries."""
    return millisecond_text(utc_now()).replace("+00:00", "Z")


def _folder(settings: Settings, partner_id: str, month: str) -> Path:
    return settings.delivery_root / "records" / file_safe(partner_id) / month


def _read(path: Path) -> Shipment:
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        files = tuple(SentFile(**one) for one in fields["files"])
        listed = {name: tuple(fields[name]) for name in ("faults", "flags")}
        return Shipment(**(fields | listed | {"files": files}))
    except (OSError, ValueError, TypeError, KeyError) as reason:
        raise LinernotesError(
            f"{path} is not a readable record of a delivery ({reason}): restore it from a backup; "
            "records are never edited."
        ) from reason
