"""Checks that the register and the lake agree, and that each file of the lake is complete.

Both are synced before a load reports success, so a fault means that the disk lost data, or that a
backup was restored in part. `repair.py` repairs it.
"""

from dataclasses import dataclass
from pathlib import Path

import polars as pl
from deltalake.exceptions import DeltaError

from linernotes.ingestion.errors import DamagedLake
from linernotes.ingestion.feeds import CONTRACTS, ECB, FEEDS
from linernotes.ingestion.lake import Lake
from linernotes.ingestion.lake_tables import DELIVERIES, ECB_RATES, ERN_MESSAGES, QUARANTINED_ROWS
from linernotes.ingestion.register import transaction_of
from linernotes.ingestion.staged_files import read_rows


@dataclass(frozen=True)
class LostDelivery:
    """A delivery that is loaded according to the register, but is not in the lake."""

    delivery_id: str
    name: str
    sha256: str
    table: str


@dataclass(frozen=True)
class Damage:
    """What is wrong with a lake.

    Attributes:
        tables: The engine's message on each table that cannot be opened.
        files: Files that are missing or truncated.
        deliveries: Deliveries in the register that the lake lacks.
    """

    tables: dict[str, str]
    files: list[Path]
    deliveries: list[LostDelivery]

    def sentences(self) -> list[str]:
        """One sentence for each fault."""
        return [
            *(
                f"the table {table} cannot be read ({message})"
                for table, message in self.tables.items()
            ),
            *(f"{path} is missing or truncated" for path in self.files),
            *(
                f"according to the register {lost.name} ({lost.delivery_id}) was loaded, but "
                f"{lost.table} does not have it"
                for lost in self.deliveries
            ),
        ]


def damage_of(lake: Lake) -> Damage:
    """Finds the damage of a lake; changes nothing."""
    tables: dict[str, str] = {}
    files: list[Path] = []
    for table in lake.tables():
        try:
            files += lake.cut_files(table)
        except (DeltaError, OSError) as error:
            tables[table] = " ".join(str(error).split())[:200]
    lost = [] if tables or files else lost_deliveries(lake)
    return Damage(tables, files, lost)


def lost_deliveries(lake: Lake) -> list[LostDelivery]:
    """Deliveries that are loaded according to the register, but whose commits the lake lacks."""
    loaded = read_rows(
        lake.read(DELIVERIES)
        .filter(pl.col("state") == "loaded")
        .sort("registered_at", "delivery_id")
        .select(
            "delivery_id",
            "name",
            "sha256",
            "rows_loaded",
            "rows_quarantined",
            feed=pl.concat_str("source", pl.lit("/"), "feed"),
        )
    )
    known: dict[str, set[str]] = {}
    lost = []
    for delivery_id, name, sha256, rows_loaded, rows_quarantined, feed in loaded.iter_rows():
        held = {table_of(feed): rows_loaded, QUARANTINED_ROWS: rows_quarantined}
        for table, count in held.items():
            if table not in known:
                known[table] = lake.transactions(table)
            if count and transaction_of(delivery_id) not in known[table]:
                lost.append(LostDelivery(delivery_id, name, sha256, table))
                break
    return lost


def is_table_of_feed(table: str) -> bool:
    """Whether every loaded delivery of some feed adds a row to a table, and not only some do."""
    return any(table_of(feed) == table for feed in FEEDS)


def table_of(feed: str) -> str:
    """The lake table to which every loaded delivery of a feed adds a row."""
    if feed in CONTRACTS:
        return CONTRACTS[feed].TABLE
    return ECB_RATES if feed == ECB else ERN_MESSAGES


def require_whole(lake: Lake) -> None:
    """Raises if a lake is damaged, because further loads might be lost as well.

    Raises:
        DamagedLake: with the faults, and what to do.
    """
    sentences = damage_of(lake).sentences()
    if sentences:
        listed = "\n".join(f"  - {sentence}" for sentence in sentences[:10])
        more = f"\n  - and {len(sentences) - 10} more" if len(sentences) > 10 else ""
        raise DamagedLake(
            f"The lake in {lake.root} is damaged:\n{listed}{more}\n"
            "Run `linernotes repair`: it repairs what it can, and lists what has to be restored "
            "from a backup."
        )
