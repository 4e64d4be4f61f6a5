"""The delivery status of packages in the outbox: arrived, waiting or failed.

It only reads.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from linernotes.agreements import load_agreements
from linernotes.base.digests import file_sha256
from linernotes.base.errors import LinernotesError
from linernotes.base.published import open_published
from linernotes.base.settings import Settings
from linernotes.delivery.records import DELIVERED, FAILED, REFUSED, shipments
from linernotes.ledger.records import ISSUED
from linernotes.packages import MANIFEST, Package, read_manifest


@dataclass(frozen=True)
class DeliveryStatus:
    """The number of packages to deliver in each state.

    Counts the newest version per partner and month, if it is issued and a target is agreed.
    """

    delivered: int
    undelivered: int
    failed: int


def newest_packages(
    settings: Settings, month: str | None = None, partner: str | None = None
) -> list[Package]:
    """The newest version of each package in the outbox, by partner and month.

    Raises:
        LinernotesError: if the manifest of one cannot be read.
    """
    found = []
    for folder in _newest_versions(settings):
        try:
            manifest = read_manifest(folder)
            package = Package(
                partner_id=manifest["partner_id"],
                report_month=manifest["report_month"],
                version=manifest["version"],
                state=manifest["state"],
                path=folder,
                manifest_sha256=file_sha256(folder / MANIFEST),
                is_new=False,
            )
        except (OSError, ValueError, KeyError) as reason:
            raise LinernotesError(
                f"{folder / MANIFEST} cannot be read ({reason}): restore the folder from a backup, "
                "or move it away if it was never delivered; then report again."
            ) from reason
        if month in (None, package.report_month) and partner in (None, package.partner_id):
            found.append(package)
    return found


def delivery_status(settings: Settings) -> DeliveryStatus:
    """Counts the packages of a home by their delivery status.

    Raises:
        LinernotesError: if the agreements, a package or a record cannot be read.
    """
    agreements = load_agreements(settings)
    counts = {"delivered": 0, "undelivered": 0, "failed": 0}
    for package in newest_packages(settings):
        if package.state != ISSUED or agreements.of(package.partner_id).target is None:
            continue
        shipped = shipments(settings, package.partner_id, package.report_month, package.version)
        counts[
            _state(
                [one.outcome for one in shipped if one.manifest_sha256 == package.manifest_sha256]
            )
        ] += 1
    return DeliveryStatus(**counts)


def failed_packages(settings: Settings) -> list[tuple[str, str, str]]:
    """Partner, month and reason of each package whose last delivery has failed.

    Raises:
        LinernotesError: if the agreements, a package or a record cannot be read.
    """
    agreements = load_agreements(settings)
    failed = []
    for package in newest_packages(settings):
        if package.state != ISSUED or agreements.of(package.partner_id).target is None:
            continue
        made = [
            one
            for one in shipments(
                settings, package.partner_id, package.report_month, package.version
            )
            if one.manifest_sha256 == package.manifest_sha256
        ]
        if _state([one.outcome for one in made]) == "failed":
            failed.append((package.partner_id, package.report_month, made[-1].reason))
    return failed


def unknown_partners(settings: Settings) -> list[str]:
    """Partners in the agreements that are not published, to whom nothing is delivered.

    Empty if nothing is published, because then all partners are unknown.

    Raises:
        LinernotesError: if the agreements cannot be read.
    """
    agreed = load_agreements(settings).partners
    if not agreed or not settings.published_file.exists():
        return []
    with open_published(settings) as connection:
        rows = connection.execute("select partner_id from marts.dim_partners").fetchall()
    return sorted(agreed.keys() - {partner_id for (partner_id,) in rows})


def _state(outcomes: list[str]) -> str:
    if outcomes and outcomes[-1] in (FAILED, REFUSED):
        return "failed"
    return "delivered" if DELIVERED in outcomes else "undelivered"


def _newest_versions(settings: Settings) -> Iterator[Path]:
    for versions_folder in sorted(settings.outbox_root.glob("*/*")):
        versions = [path for path in versions_folder.glob("v*") if path.name[1:].isdigit()]
        if versions:
            yield max(versions, key=lambda path: int(path.name[1:]))
