"""Quarantined rows: looking at them, and putting them through the door once more.

A retry is a delivery of its own, made of the kept texts; rows that are still bad stay where they
are. The judging is the door's, by the contracts of today.
"""

import hashlib
from pathlib import Path

import polars as pl

from linernotes.ingestion import quarantine
from linernotes.ingestion.admission import Admission, emptied
from linernotes.ingestion.door import Door, LoadReport, open_door
from linernotes.ingestion.errors import RefusedFile
from linernotes.ingestion.feeds import CONTRACTS, ECB
from linernotes.ingestion.lake import Lake
from linernotes.ingestion.messages import admit_rates
from linernotes.ingestion.readers import reader_for
from linernotes.ingestion.register import DeliveryOutcome
from linernotes.settings import Settings


def quarantine_list(settings: Settings) -> pl.DataFrame:
    """One row per delivery with rows in quarantine, the oldest first."""
    return quarantine.summary(Lake(settings.lake_root, settings.quarantine_root))


def quarantine_show(settings: Settings, delivery_id: str) -> pl.DataFrame:
    """The quarantined rows of one delivery."""
    return quarantine.rows_of(Lake(settings.lake_root, settings.quarantine_root), delivery_id)


def quarantine_retry(settings: Settings, delivery_id: str | None = None) -> LoadReport:
    """Put the waiting rows of one delivery, or of all, through the door again.

    The report has one outcome per delivery of which at least one row came in; its reason says how
    many rows still wait.
    """
    report = LoadReport()
    with open_door(settings) as door:
        for waiting in quarantine.open_deliveries(door.lake, delivery_id):
            outcome = _retry(door, waiting)
            if outcome is not None:
                report.deliveries.append(outcome)
    return report


def _retry(door: Door, delivery_id: str) -> DeliveryOutcome | None:
    rows = quarantine.rows_of(door.lake, delivery_id).filter(pl.col("retried_as").is_null())
    scratch = emptied(door.scratch / "retry")
    path = _written(rows, scratch)
    source, feed = rows.select("source", "feed").row(0)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    name = f"{source}/{feed}/retry of {delivery_id}"
    # An interrupted retry that got as far as the register only has its rows to mark.
    is_registered = door.register.is_settled(name, sha256)
    outcome = DeliveryOutcome(
        delivery_id=door.register.next_delivery_id(name, sha256, again=is_registered),
        name=name,
        source=source,
        feed=feed,
        sha256=sha256,
        bytes=path.stat().st_size,
    )
    try:
        bad_rows = _admit(door, path, f"{source}/{feed}", outcome, scratch)
    except RefusedFile:
        return None
    numbers = rows["row_number"].to_list()
    good = [number for position, number in enumerate(numbers, 1) if position not in bad_rows]
    if not good:
        return None
    outcome.rows_read, outcome.rows_quarantined = len(good), 0
    outcome.reason = f"retry of {delivery_id}: {len(bad_rows)} rows still wait"
    if not is_registered:
        door.register.record(outcome, scratch)
    quarantine.mark_retried(door.lake, delivery_id, good, outcome.delivery_id)
    return outcome


def _written(rows: pl.DataFrame, scratch: Path) -> Path:
    """The kept texts as a file again: CSV where they have a header, else JSON Lines."""
    header = rows["header_text"][0]
    path = scratch / ("retry.jsonl" if header is None else "retry.csv")
    lines = [] if header is None else [header]
    path.write_text("\n".join([*lines, *rows["original_text"], ""]), encoding="utf-8", newline="")
    return path


def _admit(
    door: Door, path: Path, feed_name: str, outcome: DeliveryOutcome, scratch: Path
) -> set[int]:
    if feed_name == ECB:
        return admit_rates(path, outcome, door.lake, scratch, keep_bad_rows=False)
    contract = CONTRACTS[feed_name]
    reader = reader_for(path, path.suffix, contract)
    admission = Admission(contract, door.lake, door.connection, scratch)
    return admission.admit(reader, outcome, keep_bad_rows=False)
