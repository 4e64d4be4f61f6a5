"""The register of deliveries: their outcomes, and whether the same bytes were delivered before.

It is a lake table, written once a delivery is completely in the lake.
"""

import hashlib
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

import polars as pl

from linernotes.base.clock import exact_now
from linernotes.ingestion.lake import Lake
from linernotes.ingestion.lake_tables import DELIVERIES, SCHEMAS
from linernotes.ingestion.staged_files import read_rows

State = Literal["loaded", "refused", "duplicate", "ignored"]
_TRANSACTION = "door-"


@dataclass
class DeliveryOutcome:
    """The outcome of one delivery. A row of the register."""

    delivery_id: str
    name: str
    source: str
    feed: str
    sha256: str
    bytes: int
    state: State = "loaded"
    reason: str | None = None
    rows_read: int | None = None
    rows_loaded: int = 0
    rows_quarantined: int = 0
    rows_duplicate: int = 0
    warnings: dict[str, int] = field(default_factory=dict)
    ignored_columns: list[str] = field(default_factory=list)

    @property
    def transaction_id(self) -> str:
        """The transaction id of the delivery in each of the lake's tables."""
        return transaction_of(self.delivery_id)


def transaction_of(delivery_id: str) -> str:
    """The transaction id of a delivery in each of the lake's tables."""
    return f"{_TRANSACTION}{delivery_id}"


def delivery_of(transaction_id: str) -> str | None:
    """The delivery that a transaction belongs to; None if it is none of a delivery."""
    delivery_id = transaction_id.removeprefix(_TRANSACTION)
    return None if delivery_id == transaction_id else delivery_id


class Register:
    """The register as read at the start of a load and written through it."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        rows = read_rows(
            lake.read(DELIVERIES)
            .select("delivery_id", "name", "sha256", "state", "reason", "sequence")
            .sort("sequence")
        )
        self._sequence: int = rows["sequence"][-1] if rows.height else 0
        self._last: dict[tuple[str, str], tuple[State, str | None]] = {}
        self._attempts: dict[tuple[str, str], int] = {}
        self._loaded: dict[str, tuple[str, str]] = {}
        for row in rows.iter_rows(named=True):
            self._note(row["delivery_id"], row["name"], row["sha256"], row["state"], row["reason"])

    def _note(
        self, delivery_id: str, name: str, sha256: str, state: State, reason: str | None
    ) -> None:
        self._last[name, sha256] = state, reason
        self._attempts[name, sha256] = self._attempts.get((name, sha256), 0) + 1
        if state == "loaded":
            self._loaded.setdefault(sha256, (delivery_id, name))

    def is_settled(self, name: str, sha256: str) -> bool:
        """Whether this file needs no further processing. Refused files are tried again."""
        return (name, sha256) in self._last and self._last[name, sha256][0] != "refused"

    def loaded_as(self, sha256: str) -> tuple[str, str] | None:
        """The delivery (id and name) that loaded these bytes."""
        return self._loaded.get(sha256)

    def refused(self, delivery: str) -> DeliveryOutcome | None:
        """The refused file with an id or name, if it was refused at the last attempt."""
        rows = read_rows(
            self._lake.read(DELIVERIES)
            .filter((pl.col("delivery_id") == delivery) | (pl.col("name") == delivery))
            .sort("sequence")
            .tail(1)
            .select("delivery_id", "name", "source", "feed", "sha256", "bytes")
        )
        if rows.is_empty():
            return None
        found = DeliveryOutcome(**rows.row(0, named=True))
        return found if self._last[found.name, found.sha256][0] == "refused" else None

    def next_delivery_id(self, name: str, sha256: str, again: bool = False) -> str:
        """An id that is stable across interrupted runs; with `again` that of the last attempt."""
        attempt = self._attempts.get((name, sha256), 0) - (1 if again else 0)
        return hashlib.sha256(f"{name}\n{sha256}\n{attempt}".encode()).hexdigest()[:20]

    def record(self, outcome: DeliveryOutcome, scratch: Path) -> None:
        """Record an outcome, unless it is a refusal for the same reason as last time."""
        key = outcome.name, outcome.sha256
        if outcome.state == "refused" and self._last.get(key) == ("refused", outcome.reason):
            return
        row = asdict(outcome) | {
            "warnings": warnings_text(outcome.warnings),
            "registered_at": exact_now(),
            "sequence": self._sequence + 1,
        }
        rows = pl.DataFrame([row], schema_overrides=SCHEMAS[DELIVERIES])
        # An entry that a repair removed is written again, so each has a unique name.
        self._sequence += 1
        entry = f"{outcome.transaction_id}-{secrets.token_hex(4)}"
        self._lake.append(DELIVERIES, rows, entry, scratch)
        self._note(outcome.delivery_id, *key, outcome.state, outcome.reason)


def warnings_text(warnings: dict[str, int]) -> str | None:
    """The warnings of a delivery as the register has them."""
    return "; ".join(f"{what} ({count})" for what, count in sorted(warnings.items())) or None
