"""The plan of a package's delivery: its files with the bytes that are sent, and the flags.

A plan is kept in the home with its encrypted files until the package has arrived: encrypting again
would give other bytes, and a broken upload could not be resumed.
"""

import json
import re
import shutil
import uuid
from dataclasses import asdict, dataclass, field
from pathlib import Path

from linernotes.agreements import Agreement
from linernotes.base import durable
from linernotes.base.digests import file_sha256
from linernotes.base.settings import Settings
from linernotes.delivery.destination import Acknowledgement, described
from linernotes.delivery.encryption import ENDING, read_certificate
from linernotes.ledger.records import file_safe, json_text
from linernotes.packages import Package

PLAN = "plan.json"
DSR_NAME = re.compile(
    r"(?P<before>DSR_.+?)(?:_\d+of\d+)?(?P<created>_\d{8}T\d{6}(?:\.?\d+)?)\.tsv(?:\.gz)?"
)


@dataclass(frozen=True)
class OutgoingFile:
    """A file as it is in the outbox, and as it is sent."""

    name: str
    bytes: int
    sha256: str
    sent_name: str
    sent_bytes: int
    sent_sha256: str


@dataclass
class Plan:
    """A package that is being delivered.

    Attributes:
        folder: The folder of the plan and the encrypted files.
        package: The package's folder in the outbox.
        arrived: Acknowledgements of the target under this plan, by the sent name.
    """

    folder: Path
    package: Path
    shipment_id: str
    manifest_sha256: str
    target: str
    certificate: str | None
    is_again: bool
    files: tuple[OutgoingFile, ...]
    arrived: dict[str, Acknowledgement] = field(default_factory=dict)

    def path(self, file: OutgoingFile) -> Path:
        """The file with the bytes to send."""
        return (self.folder if self.certificate else self.package) / file.sent_name

    def remote(self, name: str) -> str:
        """A file's path below the target: month, version, name."""
        return f"{self.package.parent.name}/{self.package.name}/{name}"

    @property
    def flags(self) -> tuple[str, ...]:
        """Paths of the empty files that mark a complete delivery, the package's own last."""
        names = dict.fromkeys(flag for file in self.files if (flag := flag_of(file.name)))
        return (*map(self.remote, names), f"{self.package.parent.name}/{self.package.name}.ctrl")

    def note(self, file: OutgoingFile, acknowledgement: Acknowledgement) -> None:
        """Stores the target's acknowledgement of a file."""
        self.arrived[file.sent_name] = acknowledgement
        self.save()

    def save(self) -> None:
        content = asdict(self) | {"folder": str(self.folder), "package": str(self.package)}
        durable.write_text(self.folder / PLAN, json_text(content))


def flag_of(name: str) -> str | None:
    """The name of the flag that DDEX specifies for a DSR file; None for other files."""
    found = DSR_NAME.fullmatch(name)
    return f"{found['before']}{found['created']}.ctrl" if found else None


def forget(settings: Settings, package: Package) -> None:
    """Removes the plans of a package, and of versions that it has replaced."""
    folder = _folder(settings, package)
    for kept in folder.parent.glob("v*"):
        if kept.name[1:].isdigit() and int(kept.name[1:]) <= package.version:
            # Without its plan, the rest is useless.
            (kept / PLAN).unlink(missing_ok=True)
            shutil.rmtree(kept)
            durable.sync(kept.parent)


def unfinished_plan(settings: Settings, package: Package) -> Plan | None:
    """The plan of a package that has not arrived yet, if there is one.

    An unreadable plan is ignored, and its files are written again.
    """
    folder = _folder(settings, package)
    try:
        kept = json.loads((folder / PLAN).read_text(encoding="utf-8"))
        files = tuple(OutgoingFile(**one) for one in kept["files"])
        places = {"folder": folder, "package": package.path}
        return Plan(**(kept | places | {"files": files}))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def plan_for(
    settings: Settings, package: Package, agreement: Agreement, names: list[str], *, again: bool
) -> Plan:
    """The plan to deliver these files to the agreed target: the existing one if it is valid."""
    assert agreement.target
    begun = unfinished_plan(settings, package)
    certificate = read_certificate(agreement.pgp_key) if agreement.pgp_key else None
    fingerprint = certificate.fingerprint if certificate else None
    target = described(agreement.target)
    if begun and _is_still_right(begun, package, target, fingerprint, names):
        return begun
    forget(settings, package)
    folder = _folder(settings, package)
    durable.make_folder(folder)
    files = []
    for name in names:
        source, sent = package.path / name, package.path / name
        if certificate:
            sent = folder / f"{name}{ENDING}"
            certificate.encrypt(source, sent)
        own, leaving = _measured(source), _measured(sent)
        files.append(OutgoingFile(*own, *leaving))
    plan = Plan(
        folder=folder,
        package=package.path,
        shipment_id=uuid.uuid4().hex,
        manifest_sha256=package.manifest_sha256,
        target=target,
        certificate=fingerprint,
        is_again=again or bool(begun and begun.is_again),
        files=tuple(files),
    )
    plan.save()
    return plan


def _is_still_right(
    plan: Plan, package: Package, target: str, certificate: str | None, names: list[str]
) -> bool:
    agreed = (package.manifest_sha256, target, certificate, names)
    planned = (plan.manifest_sha256, plan.target, plan.certificate)
    return agreed == (*planned, [file.name for file in plan.files]) and all(
        plan.path(file).is_file()
        and _measured(plan.path(file)) == (file.sent_name, file.sent_bytes, file.sent_sha256)
        for file in plan.files
    )


def _measured(path: Path) -> tuple[str, int, str]:
    return path.name, path.stat().st_size, file_sha256(path)


def _folder(settings: Settings, package: Package) -> Path:
    place = Path(file_safe(package.partner_id), package.report_month, f"v{package.version}")
    return settings.delivery_root / "underway" / place
