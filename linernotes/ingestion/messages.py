"""Loads deliveries that are not tables: DDEX messages, and the central bank's file of rates.

`ern` and `ecb.py` read their bytes; this module decides which rows are new.
"""

import gzip
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl

from linernotes.base import disk
from linernotes.base.settings import Limits
from linernotes.ingestion import quarantine
from linernotes.ingestion.admission import refuse_over_limit
from linernotes.ingestion.checking import FAULT_SCHEMA, fault
from linernotes.ingestion.contracts import Contract
from linernotes.ingestion.ecb import EcbFile, parse_rates
from linernotes.ingestion.ern import ErnMessage, parse_message
from linernotes.ingestion.errors import RefusedFile
from linernotes.ingestion.lake import Lake
from linernotes.ingestion.lake_tables import ECB_RATES, ERN_MESSAGES, SCHEMAS, typed
from linernotes.ingestion.limits import MIB, hold
from linernotes.ingestion.readers.batches import BYTE_ORDER_MARK
from linernotes.ingestion.register import DeliveryOutcome
from linernotes.ingestion.staged_files import read_rows


def admit_message(
    path: Path,
    outcome: DeliveryOutcome,
    lake: Lake,
    scratch: Path,
    offsets: Mapping[str, str] | None = None,
    limits: Limits | None = None,
) -> None:
    """Load a DDEX message. Its row count is one: the message."""
    message = parse_message(_content(path, limits or Limits()), offsets)
    outcome.rows_read = 1
    unread = {f"not read, {what}": count for what, count in message.unread.items()}
    outcome.warnings = dict.fromkeys(message.warnings, 1) | unread
    before = _same_id(message, outcome, lake)
    if before is not None:
        if before["sha256"] != message.sha256:
            raise RefusedFile(
                f"message id {message.message_id!r} of sender {message.sender_dpid} was used before"
                f" with other content (delivery {before['delivery_id']}); send it with a new id"
            )
        outcome.state = "duplicate"
        outcome.reason = (
            f"duplicate of {before['delivery_id']}: the same message, compressed differently"
        )
        outcome.rows_duplicate = 1
        return
    outcome.rows_loaded = 1
    # Rows that do not fit their table are detected before the first commit.
    tables = {
        table: typed(table, rows.with_columns(delivery_id=pl.lit(outcome.delivery_id)))
        for table, rows in message.tables.items()
    }
    for table, rows in tables.items():
        lake.append(table, rows, outcome.transaction_id, scratch)


def _content(path: Path, limits: Limits) -> bytes:
    """The whole content of a file, unpacked."""
    most = limits.max_document_mib * MIB
    is_packed = path.name.lower().endswith(".gz")
    try:
        with gzip.open(path, "rb") if is_packed else path.open("rb") as stream:
            data = stream.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        if disk.message_for(error):
            raise
        raise RefusedFile(f"the file cannot be unpacked ({error}); send it again") from error
    hold(limits, "max_document_mib", -(-len(data) // MIB), "MiB unpacked")
    return data


def _same_id(message: ErnMessage, outcome: DeliveryOutcome, lake: Lake) -> dict[str, str] | None:
    known = read_rows(
        lake.read(ERN_MESSAGES)
        .filter(
            pl.col("sender_dpid") == message.sender_dpid,
            pl.col("message_id") == message.message_id,
            pl.col("delivery_id") != outcome.delivery_id,
        )
        .select("delivery_id", "sha256")
    )
    return known.row(0, named=True) if known.height else None


def admit_rates(
    path: Path,
    outcome: DeliveryOutcome,
    lake: Lake,
    scratch: Path,
    confirm: Callable[[int], None] = lambda row_count: None,
    keep_bad_rows: bool = True,
    limits: Limits | None = None,
) -> set[int]:
    """Load the days of the central bank's file that are new. A row is a day.

    Returns:
        The numbers of the rejected days.
    """
    limits = limits or Limits()
    data = _content(path, limits)
    parsed = parse_rates(data, limits)
    outcome.rows_read = parsed.rows_read
    confirm(parsed.rows_read)
    known, conflicting = _days_in_lake(parsed, outcome, lake)
    faults = pl.concat(
        [
            FAULT_SCHEMA.to_frame(),
            *(
                fault([day.row_number], rule, day.details)
                for day in parsed.broken
                for rule in day.broken_rules
            ),
            fault(
                conflicting["row_number"],
                "conflicting_version",
                "an earlier delivery has other rates for this day, which remain valid",
            ),
        ]
    )
    bad_rows = set(faults["row_number"])
    if keep_bad_rows:
        hold(limits, "max_bad_rows", len(bad_rows), "bad rows")
        refuse_over_limit(faults, len(bad_rows), parsed.rows_read, Contract.BAD_ROWS_PERCENT)
    outcome.rows_quarantined = len(bad_rows)
    outcome.rows_duplicate = parsed.rows_duplicate + known.height
    outcome.rows_loaded = parsed.rows_read - outcome.rows_quarantined - outcome.rows_duplicate
    settled = pl.concat([known, conflicting]).select("rate_date")
    new = parsed.rates.join(settled, on="rate_date", how="anti", maintain_order="left")
    new = new.with_columns(delivery_id=pl.lit(outcome.delivery_id))
    lake.append(ECB_RATES, new.select(SCHEMAS[ECB_RATES].names()), outcome.transaction_id, scratch)
    if bad_rows and keep_bad_rows:
        texts = {day.row_number: day.original_text for day in parsed.broken}
        texts.update(zip(conflicting["row_number"], conflicting["original_text"], strict=True))
        header = data.removeprefix(BYTE_ORDER_MARK).splitlines()[0].decode()
        quarantine.keep(lake, outcome, quarantine.as_rows(outcome, faults, texts, header), scratch)
    return bad_rows


def _days_in_lake(
    parsed: EcbFile, outcome: DeliveryOutcome, lake: Lake
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Days that are in the lake with the same rates, and days that are there with other rates."""
    stored = read_rows(
        lake.read(ECB_RATES)
        .filter(pl.col("delivery_id") != outcome.delivery_id)
        .select("rate_date", "quote_currency", "rate")
    )
    here = parsed.days.join(stored, on="rate_date", how="semi", maintain_order="left")
    key = ["rate_date", "quote_currency", "rate"]
    only_one_has = pl.concat(
        [
            parsed.rates.select(key).join(stored, on=key, how="anti"),
            stored.join(parsed.rates, on=key, how="anti"),
        ]
    )
    known = here.join(only_one_has, on="rate_date", how="anti", maintain_order="left")
    conflicting = here.join(only_one_has, on="rate_date", how="semi", maintain_order="left")
    return known, conflicting
