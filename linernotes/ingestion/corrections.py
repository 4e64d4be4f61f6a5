"""Finds the rows in quarantine that a delivery may correct, by their keys.

`admission.py` closes them.
"""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from linernotes.ingestion import quarantine
from linernotes.ingestion.checking import check
from linernotes.ingestion.contracts import Contract
from linernotes.ingestion.errors import RefusedFile
from linernotes.ingestion.lake import Lake
from linernotes.ingestion.lake_tables import QUARANTINED_ROWS
from linernotes.ingestion.readers import reader_for
from linernotes.ingestion.register import DeliveryOutcome
from linernotes.ingestion.staged_files import read_rows


class WaitingKeys:
    """The keys of the waiting rows in quarantine. The texts of a delivery are read once."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self._version = -1
        self._waiting = pl.DataFrame()
        self._keys: dict[str, pl.DataFrame] = {}

    def of_others(
        self, contract: type[Contract], outcome: DeliveryOutcome, scratch: Path
    ) -> pl.DataFrame:
        """The keys of a feed's waiting rows from other deliveries.

        Args:
            contract: The feed's.
            outcome: The delivery whose own rows are left out.
            scratch: A folder to which texts may be written.

        Returns:
            `delivery_id`, `row_number`, the columns of the key and `recorded_at` of the rows whose
            keys can be read; a frame without columns if there are none.
        """
        waiting = self._rows().filter(
            pl.col("source") == outcome.source,
            pl.col("feed") == outcome.feed,
            pl.col("delivery_id") != outcome.delivery_id,
        )
        found = []
        for delivery_id in waiting["delivery_id"].unique(maintain_order=True):
            if delivery_id not in self._keys:
                self._keys[delivery_id] = self._read(contract, delivery_id, scratch)
            if self._keys[delivery_id].width:
                found.append(self._keys[delivery_id])
        if not found:
            return pl.DataFrame()
        return pl.concat(found).join(waiting, on=["delivery_id", "row_number"], how="semi")

    def _rows(self) -> pl.DataFrame:
        """The waiting rows of all feeds, cached until the table changes."""
        version = self._lake.open(QUARANTINED_ROWS).version()
        if version != self._version:
            self._waiting = read_rows(
                self._lake.read(QUARANTINED_ROWS)
                .filter(pl.col("retried_as").is_null())
                .select("source", "feed", "delivery_id", "row_number")
                .sort("delivery_id", "row_number")
            )
            self._version = version
        return self._waiting

    def _read(self, contract: type[Contract], delivery_id: str, scratch: Path) -> pl.DataFrame:
        rows = quarantine.rows_of(self._lake, delivery_id).filter(pl.col("retried_as").is_null())
        try:
            keys = list(_keys_in(quarantine.written(rows, scratch), contract))
        except RefusedFile:
            return pl.DataFrame()
        if not keys:
            return pl.DataFrame()
        numbers = rows.select("delivery_id", kept_as="row_number").with_row_index("row_number", 1)
        return (
            pl.concat(keys)
            .join(numbers.cast({"row_number": pl.Int64}), on="row_number")
            .drop("row_number")
            .rename({"kept_as": "row_number"})
        )


def _keys_in(path: Path, contract: type[Contract]) -> Iterator[pl.DataFrame]:
    keys = contract.KEY
    unread = "|".join(rf"{name}\." for name in keys)
    for batch in reader_for(path, path.suffix, contract).batches():
        checked = check(batch, contract)
        broken = checked.faults.filter(pl.col("rule").str.contains(f"^(?:{unread})"))
        yield checked.rows.join(broken, on="row_number", how="anti").select(
            "row_number", *keys, "recorded_at"
        )
