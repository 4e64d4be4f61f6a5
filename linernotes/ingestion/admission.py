"""Processes one tabular delivery: read, check, screen, decide, commit.

Rows are staged beside the lake first, so that memory does not grow with the file and nothing of a
refused file enters a table. The contracts define valid rows.
"""

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import polars as pl

from linernotes.base.settings import Limits
from linernotes.ingestion import quarantine
from linernotes.ingestion.checking import FAULT_SCHEMA, check, nested_rows_of
from linernotes.ingestion.contracts import Contract
from linernotes.ingestion.corrections import WaitingKeys
from linernotes.ingestion.errors import RefusedFile
from linernotes.ingestion.lake import Lake
from linernotes.ingestion.lake_tables import SCHEMAS
from linernotes.ingestion.limits import hold
from linernotes.ingestion.readers import Batch, Reader
from linernotes.ingestion.register import DeliveryOutcome
from linernotes.ingestion.screening import Screen, Screened, files_sql, frame
from linernotes.ingestion.staged_files import StagedFile, read_rows, write_rows

# In smaller files a single bad row would be too large a share.
LIMIT_HOLDS_FROM_ROWS = 100
CORRECTED = "rows in quarantine that this delivery corrects: closed"
BLANK_ROWS = "rows of nothing but separators: skipped"


@dataclass
class _Staged:
    """The staged files of a delivery in the scratch folder."""

    rows: list[Path] = field(default_factory=list)
    faults: list[Path] = field(default_factory=list)
    texts: list[Path] = field(default_factory=list)
    bad_weights: list[Path] = field(default_factory=list)
    row_count: int = 0
    warnings: Counter[str] = field(default_factory=Counter)


class Admission:
    """Processes one file of a feed."""

    def __init__(
        self,
        contract: type[Contract],
        lake: Lake,
        connection: duckdb.DuckDBPyConnection,
        scratch: Path,
        waiting: WaitingKeys,
        limits: Limits | None = None,
    ) -> None:
        self._waiting = waiting
        self._limits = limits or Limits()
        self._contract = contract
        self._lake = lake
        self._db = connection
        self._scratch = scratch

    def admit(
        self,
        reader: Reader,
        outcome: DeliveryOutcome,
        confirm: Callable[[int], None] = lambda row_count: None,
        keep_bad_rows: bool = True,
    ) -> set[int]:
        """Load rows that fulfil the contract, quarantine the rest, and fill in the outcome.

        Args:
            reader: The file.
            outcome: The outcome so far; the counts are added.
            confirm: Called with the number of rows read before anything is committed; may raise.
            keep_bad_rows: Whether bad rows go to quarantine, and too many refuse the file.

        Returns:
            The numbers of the rejected rows.

        Raises:
            RefusedFile: nothing of the file was loaded.
        """
        staged = self._stage(reader, keep_bad_rows)
        outcome.rows_read = staged.row_count
        outcome.ignored_columns = reader.ignored_columns
        outcome.warnings = dict(staged.warnings)
        if reader.blank_row_count:
            outcome.warnings[BLANK_ROWS] = reader.blank_row_count
        confirm(staged.row_count)
        screened = self._screen(staged, outcome.delivery_id)
        faults = pl.concat([*map(read_rows, staged.faults), screened.faults])
        bad_rows = set(faults["row_number"])
        if keep_bad_rows:
            hold(self._limits, "max_bad_rows", len(bad_rows), "bad rows")
            refuse_over_limit(
                faults, len(bad_rows), staged.row_count, self._contract.BAD_ROWS_PERCENT
            )
        outcome.rows_quarantined = len(bad_rows)
        outcome.rows_duplicate = len(screened.duplicates)
        outcome.rows_loaded = staged.row_count - len(bad_rows) - outcome.rows_duplicate
        # Everything is staged before the first commit, so a failure before it leaves nothing in the
        # lake.
        turned_away = None
        if bad_rows and keep_bad_rows:
            texts = self._raw_texts(reader, staged, bad_rows)
            turned_away = quarantine.as_rows(outcome, faults, texts, reader.header_text)
        if outcome.rows_loaded:
            duplicates = (
                self._corrected_duplicates(staged, screened, outcome) if keep_bad_rows else None
            )
            self._load(staged, screened, outcome)
            # A retry marks its own rows, once it is in the register.
            if duplicates is not None and duplicates.height:
                quarantine.mark_settled(self._lake, duplicates, outcome.delivery_id)
                outcome.warnings[CORRECTED] = duplicates.height
        if turned_away is not None:
            quarantine.keep(self._lake, outcome, turned_away, self._scratch)
        return bad_rows

    def _stage(self, reader: Reader, keep_bad_rows: bool) -> _Staged:
        staged = _Staged()
        bad_count = 0
        for number, batch in enumerate(reader.batches()):
            staged.row_count += batch.row_count
            hold(self._limits, "max_rows", staged.row_count, "rows")
            checked = check(batch, self._contract)
            staged.warnings += checked.warnings
            staged.rows.append(self._put(checked.good, f"rows-{number:05d}"))
            if checked.faults.is_empty():
                continue
            bad_count += checked.faults["row_number"].n_unique()
            if keep_bad_rows:
                hold(self._limits, "max_bad_rows", bad_count, "bad rows")
            staged.faults.append(self._put(checked.faults, f"faults-{number:05d}"))
            staged.texts.append(
                self._put(_raw_texts_of(batch, checked.faults), f"texts-{number:05d}")
            )
            if weights := self._contract.WEIGHTS:
                bad = checked.faults.filter(pl.col("rule").str.starts_with(f"{weights.weight}."))
                sets = checked.rows.join(bad, on="row_number", how="semi").select(weights.key)
                staged.bad_weights.append(self._put(sets, f"weights-{number:05d}"))
        return staged

    def _put(self, rows: pl.DataFrame, name: str) -> Path:
        path = self._scratch / f"{name}.parquet"
        write_rows(rows, path, "lz4")
        return path

    def _screen(self, staged: _Staged, delivery_id: str) -> Screened:
        if not staged.rows:
            return Screened(FAULT_SCHEMA.to_frame(), pl.Series(dtype=pl.Int64))
        return Screen(
            self._contract, staged.rows, staged.bad_weights, self._lake, delivery_id, self._db
        ).run()

    def _corrected_duplicates(
        self, staged: _Staged, screened: Screened, outcome: DeliveryOutcome
    ) -> pl.DataFrame:
        """Rows in quarantine (`delivery_id`, `row_number`) that this delivery corrects.

        A loaded row corrects those of its key that were not recorded later than it.
        """
        waiting = self._waiting.of_others(self._contract, outcome, self._scratch)
        if waiting.is_empty():
            return waiting
        path = self._put(waiting, "waiting")
        keys = self._contract.KEY
        met = " and ".join(f"kept.{name} is not distinct from waiting.{name}" for name in keys)
        return frame(
            self._db,
            f"select distinct waiting.delivery_id, waiting.row_number"
            f" from {files_sql([path])} as waiting"
            f" join (select * from {self._kept(staged, screened)}) as kept on {met}"
            " and coalesce(waiting.recorded_at <= kept.recorded_at, true)"
            " order by all",
        )

    def _kept(self, staged: _Staged, screened: Screened) -> str:
        kept = f"{files_sql(staged.rows)} as staged"
        turned_away = pl.concat([screened.faults["row_number"], screened.duplicates]).unique()
        if len(turned_away):
            excluded = self._put(turned_away.to_frame("row_number"), "excluded")
            kept += f" anti join {files_sql([excluded])} as excluded using (row_number)"
        return kept

    def _load(self, staged: _Staged, screened: Screened, outcome: DeliveryOutcome) -> None:
        kept = self._kept(staged, screened)
        file = self._write(kept, outcome)
        if part := self._contract.NESTED:
            rows = frame(self._db, f"from {kept} order by row_number")
            parts = nested_rows_of(rows, part).with_columns(delivery_id=pl.lit(outcome.delivery_id))
            self._lake.append(part.contract.TABLE, parts, outcome.transaction_id, self._scratch)
        self._lake.add(self._contract.TABLE, [file], outcome.transaction_id)

    def _write(self, kept: str, outcome: DeliveryOutcome) -> StagedFile:
        """One file with the lake's types and columns."""
        path = self._scratch / "load.parquet"
        columns = ", ".join(
            f"'{outcome.delivery_id}' as delivery_id"
            if name == "delivery_id"
            else f"cast({name} as {_sql_type(dtype)}) as {name}"
            for name, dtype in SCHEMAS[self._contract.TABLE].items()
        )
        self._db.execute(
            f"copy (select {columns} from {kept})"
            f" to '{path}' (format parquet, compression zstd, compression_level 1)"
        )
        bounds = f"select count(*), min(recorded_at), max(recorded_at) from {files_sql([path])}"
        count, first, last = frame(self._db, bounds).row(0)
        return StagedFile(path, count, first, last)

    def _raw_texts(self, reader: Reader, staged: _Staged, bad_rows: set[int]) -> dict[int, str]:
        """The text of bad rows: stored while reading, or read again for those found later."""
        texts: dict[int, str] = {}
        for path in staged.texts:
            rows = read_rows(path)
            texts.update(zip(rows["row_number"], rows["original_text"], strict=True))
        missing = bad_rows - texts.keys()
        if missing:
            texts.update(reader.originals(missing))
        return texts


def refuse_over_limit(faults: pl.DataFrame, bad_count: int, row_count: int, limit: int) -> None:
    """Refuse a file with more than `limit` percent of bad rows, unless it is small."""
    if row_count < LIMIT_HOLDS_FROM_ROWS or bad_count * 100 <= limit * row_count:
        return
    rules = Counter(faults["rule"].to_list()).most_common(5)
    counts = ", ".join(f"{rule} ({count})" for rule, count in rules)
    # The reason must not quote values: it is public, and a value may be a person's key.
    raise RefusedFile(
        f"{bad_count} of {row_count} rows are bad, more than {limit} %: {counts}. The first is row"
        f" {faults['row_number'].min()}. Correct the rows and send the file again"
    )


def _raw_texts_of(batch: Batch, faults: pl.DataFrame) -> pl.DataFrame:
    is_bad = batch.rows["row_number"].is_in(faults["row_number"].implode())
    numbers = [*batch.rows["row_number"].filter(is_bad), *(r.row_number for r in batch.broken_rows)]
    texts = [*batch.originals().filter(is_bad), *(r.original_text for r in batch.broken_rows)]
    return pl.DataFrame(
        {"row_number": numbers, "original_text": texts},
        schema={"row_number": pl.Int64, "original_text": pl.String},
    )


def _sql_type(dtype: pl.DataType) -> str:
    if isinstance(dtype, pl.Decimal):
        return f"decimal({dtype.precision},{dtype.scale})"
    return _SQL_TYPES[str(dtype)]


_SQL_TYPES = {
    "String": "varchar",
    "List(String)": "varchar[]",
    "Int64": "bigint",
    "Boolean": "boolean",
    "Date": "date",
    "Datetime(time_unit='us', time_zone=None)": "timestamp",
}


def fresh_folder(folder: Path) -> Path:
    """Creates the folder, or empties it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
