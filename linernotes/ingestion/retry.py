"""Lists quarantined rows, and sends them through the intake again.

A retry is a separate delivery of the stored texts; rows that are still bad stay in quarantine. The
intake checks them against the present contracts.
"""

import hashlib
from dataclasses import replace
from pathlib import Path

import polars as pl

from linernotes.base.digests import file_sha256
from linernotes.base.settings import Settings
from linernotes.base.steps import step
from linernotes.ingestion import quarantine
from linernotes.ingestion.admission import Admission, fresh_folder
from linernotes.ingestion.errors import NothingOpen, RefusedFile
from linernotes.ingestion.feeds import CONTRACTS, ECB
from linernotes.ingestion.home_lake import open_lake
from linernotes.ingestion.intake import UNFORESEEN, Intake, open_intake, require_disk
from linernotes.ingestion.load_reports import LoadReport
from linernotes.ingestion.messages import admit_rates
from linernotes.ingestion.readers import reader_for
from linernotes.ingestion.register import DeliveryOutcome


def quarantine_list(settings: Settings) -> pl.DataFrame:
    """One row per delivery with rows in quarantine, the oldest first."""
    return quarantine.summary(open_lake(settings))


def quarantine_show(settings: Settings, delivery_id: str) -> pl.DataFrame:
    """The quarantined rows of one delivery."""
    return quarantine.rows_of(open_lake(settings), delivery_id)


def quarantine_retry(settings: Settings, delivery_id: str | None = None) -> LoadReport:
    """Send the waiting rows of one delivery, or of all, through the intake again.

    The report has one outcome per delivery with at least one loaded row; its reason has the number
    of rows that still wait.

    Raises:
        NothingOpen: the given delivery has no waiting rows.
    """
    report = LoadReport()
    with step("load"), open_intake(settings) as intake:
        deliveries = quarantine.open_deliveries(intake.lake, delivery_id)
        if delivery_id is not None and not deliveries:
            raise NothingOpen(_nothing_open(f"no row of {delivery_id!r}"))
        for waiting in deliveries:
            outcome = _retry(intake, waiting, report)
            if outcome is not None:
                report.deliveries.append(outcome)
    return report


def quarantine_close(settings: Settings, delivery: str, because: str) -> DeliveryOutcome:
    """Close waiting rows, or a refused file, that will never be loaded.

    The rows and the register's entry stay on record; a closing has its own entry, with the reason.
    The bytes of a closed file are not tried again.

    Args:
        settings: The home.
        delivery: Id of a delivery with rows in quarantine, or id or name of a refused file.
        because: The reason, for readers of the register.

    Raises:
        NothingOpen: there is no such delivery, or nothing of it is waiting.
    """
    if not because.strip():
        raise NothingOpen("say why it is closed: --because TEXT")
    with open_intake(settings) as intake:
        rows = quarantine.rows_of(intake.lake, delivery).filter(pl.col("retried_as").is_null())
        if rows.height:
            return _close_rows(intake, delivery, rows, because)
        refused = intake.register.refused(delivery)
        if refused is None:
            raise NothingOpen(_nothing_open(f"nothing of {delivery!r}"))
        outcome = replace(
            refused,
            delivery_id=intake.register.next_delivery_id(refused.name, refused.sha256),
            state="ignored",
            reason=f"closed: {because}",
        )
        intake.register.record(outcome, fresh_folder(intake.scratch / "retry"))
        return outcome


def _nothing_open(what: str) -> str:
    return (
        f"{what} waits. `linernotes quarantine list` names the deliveries with rows that wait,"
        " `linernotes status` the refused files"
    )


def _close_rows(
    intake: Intake, delivery_id: str, rows: pl.DataFrame, because: str
) -> DeliveryOutcome:
    source, feed = rows.select("source", "feed").row(0)
    numbers = rows["row_number"].to_list()
    sha256 = hashlib.sha256(f"{numbers}\n{because}".encode()).hexdigest()
    outcome, is_registered = _outcome_of(intake, source, feed, f"closing of {delivery_id}", sha256)
    outcome.state = "ignored"
    outcome.reason = f"closed: {because} ({len(numbers)} rows)"
    if not is_registered:
        intake.register.record(outcome, fresh_folder(intake.scratch / "retry"))
    quarantine.mark_retried(intake.lake, delivery_id, numbers, outcome.delivery_id)
    return outcome


def _outcome_of(
    intake: Intake, source: str, feed: str, what: str, sha256: str
) -> tuple[DeliveryOutcome, bool]:
    """The outcome of a closing or retry, and whether it is in the register.

    If it is, it was interrupted, and only its rows remain to be marked.
    """
    name = f"{source}/{feed}/{what}"
    is_registered = intake.register.is_settled(name, sha256)
    delivery_id = intake.register.next_delivery_id(name, sha256, again=is_registered)
    return DeliveryOutcome(delivery_id, name, source, feed, sha256, bytes=0), is_registered


def _retry(intake: Intake, delivery_id: str, report: LoadReport) -> DeliveryOutcome | None:
    rows = quarantine.rows_of(intake.lake, delivery_id).filter(pl.col("retried_as").is_null())
    scratch = fresh_folder(intake.scratch / "retry")
    path = quarantine.written(rows, scratch)
    source, feed = rows.select("source", "feed").row(0)
    sha256 = file_sha256(path)
    outcome, is_registered = _outcome_of(intake, source, feed, f"retry of {delivery_id}", sha256)
    outcome.bytes = path.stat().st_size
    try:
        bad_rows = _admit(intake, path, f"{source}/{feed}", outcome, scratch)
    except RefusedFile:
        return None
    except UNFORESEEN as error:
        require_disk(error, intake.lake.root)
        report.unread_files[outcome.name] = intake.refusal_reason(error, sha256)
        return None
    numbers = rows["row_number"].to_list()
    good = [number for position, number in enumerate(numbers, 1) if position not in bad_rows]
    if not good:
        return None
    outcome.rows_read, outcome.rows_quarantined = len(good), 0
    outcome.reason = f"retry of {delivery_id}: {len(bad_rows)} rows still wait"
    if not is_registered:
        intake.register.record(outcome, scratch)
    quarantine.mark_retried(intake.lake, delivery_id, good, outcome.delivery_id)
    return outcome


def _admit(
    intake: Intake, path: Path, feed_name: str, outcome: DeliveryOutcome, scratch: Path
) -> set[int]:
    if feed_name == ECB:
        return admit_rates(
            path, outcome, intake.lake, scratch, keep_bad_rows=False, limits=intake.limits
        )
    contract = CONTRACTS[feed_name]
    reader = reader_for(path, path.suffix, contract, intake.limits)
    admission = Admission(
        contract, intake.lake, intake.connection, scratch, intake.waiting, intake.limits
    )
    return admission.admit(reader, outcome, keep_bad_rows=False)
