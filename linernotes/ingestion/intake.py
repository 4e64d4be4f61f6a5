"""Loads every new delivery of the landing zone, in the order of names.

A crash at any point neither loses nor duplicates data: a delivery is complete once it is in the
register, and until then each of its commits is repeated under the same transaction id.
"""

import hashlib
import shutil
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, nullcontext
from io import BufferedReader
from itertools import groupby
from pathlib import Path

import duckdb
import polars as pl
from deltalake.exceptions import DeltaError

from linernotes.base import disk
from linernotes.base.settings import Limits, Settings
from linernotes.base.steps import step
from linernotes.base.unforeseen import account_of
from linernotes.ingestion.admission import Admission, fresh_folder
from linernotes.ingestion.corrections import WaitingKeys
from linernotes.ingestion.errors import (
    FailingDisk,
    IgnoredFile,
    IntakeError,
    RefusedFile,
    UnsettledFile,
)
from linernotes.ingestion.feeds import CONTRACTS, ECB, ERN
from linernotes.ingestion.home_lake import alone
from linernotes.ingestion.integrity import require_whole
from linernotes.ingestion.lake import Lake
from linernotes.ingestion.landing import Arrival, list_landing, read_manifest
from linernotes.ingestion.load_reports import LoadReport, loading, log_outcome
from linernotes.ingestion.messages import admit_message, admit_rates
from linernotes.ingestion.opening import UnfitFileError, path_of
from linernotes.ingestion.panics import without_panics
from linernotes.ingestion.readers import reader_for
from linernotes.ingestion.register import DeliveryOutcome, Register, State
from linernotes.ingestion.screening import connect
from linernotes.ingestion.settling import Settling

_SCRATCH = ".staging"
_LOGS = "logs"
_GONE = "it was moved while it was read; the next load reads it at its new place"
# Errors of one file that must not end a load. A panic of polars is not an `Exception`.
UNFORESEEN = (Exception, pl.exceptions.PanicException)
_OF_FILES = (OSError, DeltaError, duckdb.IOException)


def admit_landing(
    settings: Settings,
    feeds: list[str] | None = None,
    on_progress: Callable[[DeliveryOutcome], None] | None = None,
) -> LoadReport:
    """Load what is new in the landing zone.

    Args:
        settings: The home to load into, and the landing zone.
        feeds: `<source>/<feed>` names to look at; all of them if not given.
        on_progress: Called with the outcome after each delivery.

    Raises:
        NoLandingZone: there is no such folder.
        BusyIntake: another process loads into this home.
    """
    listing = list_landing(settings.landing_place, feeds)
    with step("load"), open_intake(settings) as intake:
        intake.settling = Settling(settings.settling_seconds, listing.arrivals)
        report = LoadReport(ignored_files=listing.ignored)
        for feed, arrivals in groupby(listing.arrivals, lambda arrival: arrival.feed_name):
            with loading(settings, feed, report):
                for arrival in arrivals:
                    outcome = intake.admit(arrival, report)
                    if outcome is None:
                        continue
                    report.deliveries.append(outcome)
                    log_outcome(outcome)
                    if on_progress:
                        on_progress(outcome)
        if report.deliveries:
            intake.lake.compact_where_scattered()
    return report


@contextmanager
def open_intake(settings: Settings) -> Generator["Intake"]:
    """The intake of a home, for one process at a time.

    Raises:
        BusyIntake: if another process is loading.
        DamagedLake: if register and lake disagree, or a file of the lake is truncated.
        NewerLake: if a newer program wrote the lake.
    """
    root = settings.lake_root
    lake = Lake(root, settings.quarantine_root)
    with alone(root):
        try:
            lake.clear_leftovers()
            lake.ensure_tables()
            require_whole(lake)
            lake.add_new_columns()
        except _OF_FILES as error:
            if words := disk.message_for(error):
                raise _ended_early(root, words) from error
            raise
        scratch = fresh_folder(root / _SCRATCH)
        try:
            with connect(scratch) as connection:
                logs = settings.home / _LOGS
                yield Intake(
                    lake, Register(lake), connection, scratch, settings.ern_offsets, logs, settings
                )
        finally:
            # The next load removes what cannot be removed now.
            shutil.rmtree(scratch, ignore_errors=True)


class Intake:
    """Loads deliveries, one after the other."""

    def __init__(
        self,
        lake: Lake,
        register: Register,
        connection: duckdb.DuckDBPyConnection,
        scratch: Path,
        ern_offsets: Mapping[str, str],
        logs: Path,
        limits: Limits,
    ) -> None:
        self.limits = limits
        self.ern_offsets = ern_offsets
        self.settling = Settling(0)
        self.lake = lake
        self.register = register
        self.connection = connection
        self.scratch = scratch
        self.waiting = WaitingKeys(lake)
        self.logs = logs

    def admit(self, arrival: Arrival, report: LoadReport) -> DeliveryOutcome | None:
        """Load one file, unless it is settled or still being written."""
        try:
            stream = arrival.open()
        except FileNotFoundError:
            report.ignored_files[arrival.name] = _GONE
            return None
        except UnfitFileError as error:
            report.ignored_files[arrival.name] = str(error)
            return None
        except OSError as error:
            report.unread_files[arrival.name] = _unreadable(error)
            return None
        with stream:
            return self._admit(arrival, stream, report)

    def _admit(
        self, arrival: Arrival, stream: BufferedReader, report: LoadReport
    ) -> DeliveryOutcome | None:
        size, changed_at = arrival.fingerprint_of(stream)
        try:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            report.unread_files[arrival.name] = _unreadable(error)
            return None
        if self.register.is_settled(arrival.name, sha256):
            return None
        outcome = DeliveryOutcome(
            delivery_id=self.register.next_delivery_id(arrival.name, sha256),
            name=arrival.name,
            source=arrival.source,
            feed=arrival.feed,
            sha256=sha256,
            bytes=size,
        )

        def confirm(row_count: int | None) -> None:
            if row_count is not None:
                manifest.check_rows(row_count)
            require_unchanged()

        def require_unchanged() -> None:
            try:
                is_unchanged = arrival.fingerprint() == (size, changed_at)
            except OSError:
                raise UnsettledFile(_GONE) from None
            if not is_unchanged:
                raise UnsettledFile("it changed while it was read; the next load reads it again")

        try:
            if not self.settling.has_settled(arrival, (size, changed_at)):
                raise UnsettledFile("it is still being written; the next load reads it")
            manifest = read_manifest(arrival, self.limits)
            manifest.check_sha256(sha256)
            duplicate = self.register.loaded_as(sha256)
            # The rows of a stopped load are in the lake, so it is finished.
            if duplicate and not self.lake.has_commit_of(outcome.transaction_id):
                outcome.state = "duplicate"
                outcome.reason = f"duplicate of {duplicate[0]} ({duplicate[1]})"
            else:
                self._load(arrival, stream, outcome, confirm)
        except IgnoredFile as error:
            _nothing_loaded(outcome, "ignored", error.reason)
        except UnsettledFile as error:
            report.ignored_files[arrival.name] = error.reason
            return None
        except UNFORESEEN as error:
            try:
                require_unchanged()
            except UnsettledFile as moved:
                report.ignored_files[arrival.name] = moved.reason
                return None
            require_disk(error, self.lake.root)
            reason = self.refusal_reason(error, sha256)
            if self.lake.has_commit_of(outcome.transaction_id):
                # Part of it is in the lake; the next load completes it under the same id.
                report.unread_files[arrival.name] = reason
                return None
            _nothing_loaded(outcome, "refused", reason)
        try:
            self.register.record(outcome, self.scratch)
        except UNFORESEEN as error:
            require_disk(error, self.lake.root)
            raise
        return outcome

    def refusal_reason(self, error: BaseException, sha256: str) -> str:
        """Why a file is refused; the full traceback of an unexpected error is logged."""
        if isinstance(error, IntakeError):
            return error.reason
        # Errors may quote values of the file, which may be personal: the reason and the log omit
        # them.
        log = self.logs / f"refused-{sha256[:12]}.log"
        try:
            self.logs.mkdir(parents=True, exist_ok=True)
            log.write_text(account_of(error), errors="backslashreplace")
        except OSError:
            log = self.logs
        return (
            f"it cannot be handled: {type(error).__name__}, which was not foreseen; see {log},"
            " and report it. Nothing of the file is loaded"
        )

    def _load(
        self,
        arrival: Arrival,
        stream: BufferedReader,
        outcome: DeliveryOutcome,
        confirm: Callable[[int | None], None],
    ) -> None:
        scratch = fresh_folder(self.scratch / "delivery")
        path = _plainly_named(path_of(stream, arrival.path), scratch, arrival.ending)
        if arrival.feed_name == ERN:
            # A row count in the manifest is undefined for a message.
            confirm(None)
            admit_message(path, outcome, self.lake, scratch, self.ern_offsets, self.limits)
        elif arrival.feed_name == ECB:
            admit_rates(path, outcome, self.lake, scratch, confirm, limits=self.limits)
        else:
            contract = CONTRACTS[arrival.feed_name]
            if not arrival.ending.startswith(contract.FORMS):
                raise RefusedFile(
                    f"{arrival.feed_name} comes as {' or '.join(contract.FORMS)} only; send it so"
                )
            admission = Admission(
                contract, self.lake, self.connection, scratch, self.waiting, self.limits
            )
            # Only damaged Parquet makes libraries panic; otherwise progress bars would stop.
            is_parquet = arrival.ending == ".parquet"
            with without_panics(scratch) if is_parquet else nullcontext():
                reader = reader_for(path, arrival.ending, contract, self.limits)
                admission.admit(reader, outcome, confirm)


def require_disk(error: BaseException, root: Path) -> None:
    """Raises if the disk caused an error, which would otherwise refuse every delivery.

    Every error of a file is such an error, because readers report faults of a delivery as refusals.
    The text of other errors is ignored, because it may quote a delivery.

    Raises:
        FailingDisk: with what is wrong and what to do.
    """
    is_of_disk = isinstance(error, _OF_FILES) or (
        # The disk has no space for data that exceed the memory.
        isinstance(error, duckdb.OutOfMemoryException) and disk.message_for(error)
    )
    if is_of_disk:
        raise _ended_early(root, disk.file_message_for(error)) from error


def _ended_early(root: Path, words: str) -> FailingDisk:
    return FailingDisk(f"The load into {root} ended early. {words}")


def _plainly_named(path: Path, scratch: Path, ending: str) -> Path:
    """A path to a file that any library can read, whatever its name."""
    link = scratch / f"delivery{ending}"
    link.symlink_to(path)
    return link


def _unreadable(error: OSError) -> str:
    return f"it cannot be read ({error.strerror}); give the loader the right to read it"


def _nothing_loaded(outcome: DeliveryOutcome, state: State, reason: str) -> None:
    outcome.state = state
    outcome.reason = reason
    outcome.rows_loaded = outcome.rows_quarantined = outcome.rows_duplicate = 0
