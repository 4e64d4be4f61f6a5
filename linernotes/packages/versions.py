"""The versions of a package in the outbox: their folders, and which of them is complete.

`writing` decides when a version is added.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

from linernotes.base import durable, modes
from linernotes.base.digests import file_sha256
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.ledger.keys import SigningKey
from linernotes.ledger.openpgp import detached_signature
from linernotes.ledger.records import StatementRecord, file_safe
from linernotes.packages.manifest import (
    MANIFEST,
    SIGNATURE,
    Package,
    is_of_the_same_issue,
    read_manifest,
    write_manifest,
)


def versions_folder(settings: Settings, statement: StatementRecord) -> Path:
    """The folder of all versions of a package, without leftovers of a killed run."""
    versions = settings.outbox_root / file_safe(statement.partner_id) / statement.report_month
    durable.make_folder(versions)
    modes.share_way(settings.home, versions, settings.readers)
    durable.clear_unfinished(versions)
    # A killed run may have renamed a version whose name is not on the disk yet.
    durable.sync(versions)
    return versions


def kept_issue(versions: Path, statements: list[StatementRecord]) -> Package | None:
    """The newest version of a package, if it is that of the issued statements."""
    if newest := newest_version(versions):
        manifest = manifest_of(versions / f"v{newest}")
        if is_of_the_same_issue(manifest, statements):
            return package_of(versions / f"v{newest}", manifest, newest, is_new=False)
    return None


def add_version(
    building: Path,
    manifest: dict[str, Any],
    readers: modes.Readers,
    key: SigningKey | None,
    issued_at: datetime | None,
) -> Package | None:
    """Moves a finished folder to its version's path; None if that path exists already.

    An issued package is signed as of the time of its issue, so that it has the same bytes again.
    """
    write_manifest(building, manifest)
    if key and issued_at:
        signature = detached_signature(key, (building / MANIFEST).read_bytes(), issued_at)
        (building / SIGNATURE).write_text(signature, encoding="ascii", newline="\n")
    modes.share(building, readers)
    target = building.parent / f"v{manifest['version']}"
    if not durable.settle(building, target):
        return None
    return package_of(target, manifest, manifest["version"], is_new=True)


def manifest_of(package: Path) -> dict[str, Any]:
    """The manifest of a version in the outbox, after comparing the files with it."""
    try:
        manifest = read_manifest(package)
        changed = [
            file["name"]
            for file in manifest["files"]
            if file_sha256(package / file["name"]) != file["sha256"]
        ]
    except (OSError, ValueError) as reason:
        raise _damaged(package, f"it cannot be read ({reason})") from reason
    if changed:
        raise _damaged(package, f"{', '.join(changed)} changed after it was written")
    return manifest


def newest_version(versions: Path) -> int:
    numbers = [path.name[1:] for path in versions.glob("v*")]
    return max((int(number) for number in numbers if number.isdigit()), default=0)


def package_of(path: Path, manifest: dict[str, Any], number: int, *, is_new: bool) -> Package:
    return Package(
        partner_id=manifest["partner_id"],
        report_month=manifest["report_month"],
        version=number,
        state=manifest["state"],
        path=path,
        manifest_sha256=file_sha256(path / MANIFEST),
        is_new=is_new,
    )


def _damaged(package: Path, what: str) -> LinernotesError:
    return LinernotesError(
        f"{package} is damaged, {what}: restore the folder from a backup, or move it away if it "
        "was never delivered; then report again."
    )
