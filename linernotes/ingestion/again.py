"""Reads the deliveries of some days again, with the present contracts and readers.

The rows of a delivery are replaced, table by table in one commit each, so that a reader never sees
a part of a table. After a crash, run it again. `intake.py` loads new deliveries.
"""

import hashlib
import os
import secrets
from collections.abc import Collection, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path

import polars as pl
from deltalake import CommitProperties, Transaction, write_deltalake

from linernotes.base import durable
from linernotes.base.settings import Settings
from linernotes.base.steps import step
from linernotes.ingestion.admission import Admission, fresh_folder
from linernotes.ingestion.corrections import WaitingKeys
from linernotes.ingestion.descriptions import describe
from linernotes.ingestion.errors import IgnoredFile
from linernotes.ingestion.feeds import CONTRACTS, ECB, ENDINGS, ERN
from linernotes.ingestion.intake import (
    UNFORESEEN,
    Intake,
    open_intake,
    require_disk,
)
from linernotes.ingestion.lake import NO_HOOKS, Lake
from linernotes.ingestion.lake_tables import DELIVERIES, QUARANTINED_ROWS, typed
from linernotes.ingestion.landing import Arrival, list_landing
from linernotes.ingestion.load_reports import LoadReport, loading
from linernotes.ingestion.messages import admit_message, admit_rates
from linernotes.ingestion.opening import UnfitFileError, path_of
from linernotes.ingestion.readers import reader_for
from linernotes.ingestion.register import DeliveryOutcome, warnings_text
from linernotes.ingestion.staged_files import StagedFile, read_rows

_NOT_THERE = "the landing zone no longer has it unchanged; its loaded rows stay"
# Beside the tables of the lake.
_MARK = "_read_again"
_ISSUED = (
    "statements were issued from it, so its loaded rows stay. `linernotes quarantine retry` loads "
    "rows that wait; changed rows need a new delivery with a later recorded_at"
)


class ReplacingLake(Lake):
    """A lake in which rows added for a delivery replace those that the delivery had there.

    Attributes:
        replaced: The tables that were written.
    """

    def __init__(self, lake: Lake, delivery_id: str) -> None:
        super().__init__(lake.root, lake.quarantine_root)
        self._delivery_id = delivery_id
        self.replaced: set[str] = set()

    def add(self, table: str, files: Sequence[StagedFile], transaction_id: str) -> bool:
        for file in files:
            self._replace(table, read_rows(file.path), transaction_id)
        return True

    def append(self, table: str, rows: pl.DataFrame, transaction_id: str, scratch: Path) -> bool:
        self._replace(table, typed(table, rows), transaction_id)
        return True

    def empty_others(self, tables: Collection[str], transaction_id: str) -> None:
        """Remove the delivery's rows from tables for which nothing was read now."""
        for table in sorted({*tables, QUARANTINED_ROWS} - self.replaced):
            self._replace(table, pl.DataFrame(), transaction_id)

    def _replace(self, table: str, rows: pl.DataFrame, transaction_id: str) -> None:
        self.replaced.add(table)
        predicate = f"delivery_id = '{self._delivery_id}'"
        if table == QUARANTINED_ROWS:
            # Rows that were corrected or closed keep that state.
            settled = read_rows(
                self.read(table)
                .filter(
                    pl.col("delivery_id") == self._delivery_id,
                    pl.col("retried_as").is_not_null(),
                )
                .select("row_number")
            )
            predicate += " and retried_as is null"
            if rows.height:
                rows = rows.join(settled, on="row_number", how="anti", maintain_order="left")
        if rows.is_empty():
            self.delete(table, predicate)
            return
        with self._rewriting(table) as opened:
            write_deltalake(
                opened,
                rows,
                mode="overwrite",
                predicate=predicate,
                commit_properties=CommitProperties(
                    app_transactions=[Transaction(transaction_id, 1)]
                ),
                post_commithook_properties=NO_HOOKS,
            )
        del self._opened[table]


def read_again(
    settings: Settings, feeds: Collection[str], days: Collection[date], issued: Collection[str]
) -> LoadReport:
    """Reads the deliveries of some days again.

    A delivery does not change if statements were issued from it, if its file is missing or changed,
    or if it would be refused now: it is among the unread files of the report, and its loaded rows
    stay.

    Args:
        settings: The home.
        feeds: `<source>/<feed>` names.
        days: The days, in UTC, on which they were loaded.
        issued: The id or SHA-256 of each delivery from which statements were issued.
    """
    report = LoadReport()
    with step("load"), open_intake(settings) as intake:
        _mark(settings)
        rows = read_rows(
            intake.lake.read(DELIVERIES)
            .filter(
                pl.col("state") == "loaded",
                pl.col("bytes") > 0,
                pl.concat_str("source", pl.lit("/"), "feed").is_in([*feeds]),
                pl.col("registered_at").dt.date().is_in([*days]),
                ~pl.col("name").str.contains("/retry of ", literal=True),
            )
            .sort("sequence")
            .select("delivery_id", "name", "source", "feed", "sha256", "bytes")
        )
        there: dict[str, Arrival] = {}
        if rows.height:
            listing = list_landing(settings.landing_place, [*feeds])
            there = {arrival.name: arrival for arrival in listing.arrivals}
        # Grouped by feed, because lineage is reported per feed.
        by_feed = rows.sort("source", "feed", maintain_order=True).iter_rows(named=True)
        for feed, of_feed in groupby(by_feed, lambda row: f"{row['source']}/{row['feed']}"):
            with loading(settings, feed, report):
                for row in of_feed:
                    outcome = DeliveryOutcome(**row)
                    if outcome.sha256 in issued or outcome.delivery_id in issued:
                        report.unread_files[outcome.name] = _ISSUED
                    elif _read_again(intake, there.get(outcome.name), outcome, report):
                        report.deliveries.append(outcome)
    return report


def last_read_again(settings: Settings) -> str:
    """What identifies the last time that deliveries were read again; empty if there was none."""
    file = settings.lake_root / _MARK
    return file.read_text(encoding="utf-8") if file.exists() else ""


def _mark(settings: Settings) -> None:
    """Says, before any row is replaced, that what was calculated from the lake may be stale."""
    durable.write_text(settings.lake_root / _MARK, secrets.token_hex(16) + "\n")


def _read_again(
    intake: Intake, arrival: Arrival | None, outcome: DeliveryOutcome, report: LoadReport
) -> bool:
    try:
        if arrival is None:
            raise FileNotFoundError
        stream = arrival.open()
    except (OSError, UnfitFileError):
        report.unread_files[outcome.name] = _NOT_THERE
        return False
    with stream:
        if hashlib.file_digest(stream, "sha256").hexdigest() != outcome.sha256:
            report.unread_files[outcome.name] = _NOT_THERE
            return False
        os.lseek(stream.fileno(), 0, os.SEEK_SET)
        feed = f"{outcome.source}/{outcome.feed}"
        lake = ReplacingLake(intake.lake, outcome.delivery_id)
        try:
            _admit(intake, lake, path_of(stream, arrival.path), feed, outcome)
            lake.empty_others(describe(feed).tables, outcome.transaction_id)
        except (IgnoredFile, *UNFORESEEN) as error:
            require_disk(error, intake.lake.root)
            report.unread_files[outcome.name] = (
                f"{intake.refusal_reason(error, outcome.sha256)}. Its loaded rows stay"
            )
            return False
    _record(intake.lake, outcome)
    return True


def _admit(intake: Intake, lake: Lake, path: Path, feed: str, outcome: DeliveryOutcome) -> None:
    scratch = fresh_folder(intake.scratch / "again")
    name = outcome.name.lower()
    ending = max((one for one in ENDINGS[feed] if name.endswith(one)), key=len)
    plain = scratch / f"delivery{ending}"
    plain.symlink_to(path)
    if feed == ERN:
        admit_message(plain, outcome, lake, scratch, intake.ern_offsets, intake.limits)
    elif feed == ECB:
        admit_rates(plain, outcome, lake, scratch, limits=intake.limits)
    else:
        contract = CONTRACTS[feed]
        reader = reader_for(plain, ending, contract, intake.limits)
        waiting = WaitingKeys(lake)
        Admission(contract, lake, intake.connection, scratch, waiting, intake.limits).admit(
            reader, outcome
        )


def _record(lake: Lake, outcome: DeliveryOutcome) -> None:
    """Updates the counts of the delivery's entry in the register; its day does not change."""
    counts = {
        f"rows_{kind}": str(getattr(outcome, f"rows_{kind}") or 0)
        for kind in ("read", "loaded", "quarantined", "duplicate")
    }
    warnings = warnings_text(outcome.warnings)
    warnings_sql = "null" if warnings is None else "'" + warnings.replace("'", "''") + "'"
    lake.update(
        DELIVERIES,
        counts | {"warnings": warnings_sql},
        f"delivery_id = '{outcome.delivery_id}' and state = 'loaded'",
    )
