"""Which packages in the outbox have arrived, which wait, and which failed last time.

It only reads.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from linernotes.agreements import load_agreements
from linernotes.delivery.records import DELIVERED, FAILED, REFUSED, shipments
from linernotes.reporting import MANIFEST, file_sha256, read_manifest
from linernotes.settings import Settings
from linernotes.statements import ISSUED


@dataclass(frozen=True)
class DeliveryStanding:
    """How many packages that are to be delivered are in which state.

    Counted is the newest version per partner and month, if it is issued and a target is agreed.
    """

    delivered: int
    undelivered: int
    failed: int


def delivery_standing(settings: Settings) -> DeliveryStanding:
    """Counts the packages of a home by what became of them.

    Raises:
        LinernotesError: if the agreements or a record cannot be read.
    """
    agreements = load_agreements(settings)
    counts = {"delivered": 0, "undelivered": 0, "failed": 0}
    for folder in _newest_versions(settings):
        try:
            manifest = read_manifest(folder)
        except (OSError, ValueError):
            # A package that cannot be read cannot be sent either.
            counts["failed"] += 1
            continue
        partner_id, month = manifest["partner_id"], manifest["report_month"]
        if manifest["state"] != ISSUED or agreements.of(partner_id).target is None:
            continue
        own = file_sha256(folder / MANIFEST)
        goes = shipments(settings, partner_id, month, int(folder.name[1:]))
        outcomes = [one.outcome for one in goes if one.manifest_sha256 == own]
        counts[_state(outcomes)] += 1
    return DeliveryStanding(**counts)


def _state(outcomes: list[str]) -> str:
    if outcomes and outcomes[-1] in (FAILED, REFUSED):
        return "failed"
    return "delivered" if DELIVERED in outcomes else "undelivered"


def _newest_versions(settings: Settings) -> Iterator[Path]:
    for shelf in sorted(settings.outbox_root.glob("*/*")):
        versions = [path for path in shelf.glob("v*") if path.name[1:].isdigit()]
        if versions:
            yield max(versions, key=lambda path: int(path.name[1:]))
