"""The lake: one Delta table per feed, written in atomic commits, read as plain Parquet files.

The intake decides what may enter it; this module does not check rows.
"""

import datetime as dt
import json
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal

import polars as pl
from deltalake import CommitProperties, DeltaTable, PostCommitHookProperties, Transaction
from deltalake.transaction import AddAction, RemoveAction

from linernotes.base import durable
from linernotes.base.clock import utc_now
from linernotes.base.errors import LinernotesError
from linernotes.ingestion.formats import require_known_format, write_format
from linernotes.ingestion.lake_tables import (
    CHECK_RESULTS,
    DELIVERIES,
    QUARANTINED_ROWS,
    SCHEMAS,
    typed,
)
from linernotes.ingestion.staged_files import StagedFile, read_rows, stage, write_rows

# The columns that determined the order of a table's rows before `sequence` existed.
_ORDER_BEFORE = {
    DELIVERIES: ("registered_at", "delivery_id"),
    CHECK_RESULTS: ("checked_at", "run_id"),
}
# Delta ignores files whose names start with this.
EMPTY_FILE = "_empty.parquet"
# Features with which a table's Parquet files alone do not determine its rows.
_UNREAD_FEATURES = frozenset({"deletionVectors", "columnMapping"})
_FILE_BYTES = 256 * 1024 * 1024
_MANY_FILES = 64
LOG = "_delta_log"
# Commits between two checkpoints of a table's log.
_CHECKPOINT_EVERY = 50
# A truncated checkpoint would hide the commits before it, so it is written and synced here.
NO_HOOKS = PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False)


def _statistics(table: str) -> dict[str, str | None]:
    """Limit the statistics in the log to the columns that readers need."""
    if "recorded_at" in SCHEMAS[table]:
        return {"delta.dataSkippingStatsColumns": "recorded_at"}
    return {"delta.dataSkippingNumIndexedCols": "0"}


class UnreadableLake(LinernotesError):
    """A table of the lake has unsupported features."""


class Lake:
    """The Delta tables under one root. One process writes at a time; any number may read.

    Raises:
        NewerLake: a newer program wrote them, in a format that this one does not support.
        DamagedLake: their format version cannot be determined.
    """

    def __init__(self, root: Path | str, quarantine_root: Path | str | None = None) -> None:
        self.root = Path(root)
        self.quarantine_root = (
            Path(quarantine_root) if quarantine_root else self.root.parent / "quarantine"
        )
        require_known_format(self.root, self.quarantine_root)
        self._opened: dict[str, DeltaTable] = {}
        # Per table: the version up to which its log was read, and its transactions until then.
        self._transactions: dict[str, tuple[int, set[str]]] = {}

    def path(self, table: str) -> Path:
        """The folder of a table."""
        root = self.quarantine_root if table == QUARANTINED_ROWS else self.root
        return root / table

    def tables(self) -> list[str]:
        """All tables, including empty ones."""
        return sorted(SCHEMAS)

    def ensure_tables(self) -> None:
        """Creates every missing table, and the format files."""
        for root in (self.root, self.quarantine_root):
            write_format(root)
        for table in SCHEMAS:
            folder = self.path(table)
            if not DeltaTable.is_deltatable(str(folder)):
                durable.make_folder(folder)
                DeltaTable.create(
                    str(folder), SCHEMAS[table], mode="ignore", configuration=_statistics(table)
                )
                durable.sync_tree(folder / LOG)
                durable.sync(folder)
            empty = folder / EMPTY_FILE
            if not empty.exists():
                self.write_empty_file(table)

    def clear_leftovers(self) -> list[Path]:
        """Remove incomplete files of killed runs and full disks. The caller holds the lock."""
        removed = []
        for root in (self.root, self.quarantine_root):
            removed += durable.clear_unfinished(root)
        for folder in map(self.path, SCHEMAS):
            removed += durable.clear_unfinished(folder)
            # The engine's names of incomplete files.
            found = [
                *folder.glob("*#*"),
                *(folder / LOG).glob("*#*"),
                *(folder / LOG).glob("*.tmp"),
            ]
            for leftover in found:
                leftover.unlink(missing_ok=True)
            removed += found
        return removed

    def write_empty_file(self, table: str) -> None:
        """Write the empty file that readers use for a table without files."""
        with durable.replacing(self.path(table) / EMPTY_FILE) as unfinished:
            write_rows(pl.DataFrame(schema=SCHEMAS[table]), unfinished)

    def add_new_columns(self) -> list[str]:
        """Rewrite the tables of an older release with the columns that they lack, all null.

        Then all files of a table have the same columns in every engine.

        Returns:
            The tables that were written.
        """
        changed = []
        for table in self.lacking_columns():
            files, columns = self._files(table), SCHEMAS[table]
            rows = pl.scan_parquet(files, schema=columns, missing_columns="insert")
            if table in _ORDER_BEFORE and "sequence" not in self._columns(table):
                rows = rows.sort(*_ORDER_BEFORE[table]).with_columns(
                    sequence=pl.int_range(1, pl.len() + 1)
                )
            widened = self.path(table) / f"columns-{self.open(table).version():05d}.parquet"
            with durable.replacing(widened) as unfinished:
                write_rows(rows if files else pl.LazyFrame(schema=columns), unfinished)
            self._commit(table, [StagedFile(widened, self.row_count(table))], "overwrite")
            self.write_empty_file(table)
            changed.append(table)
        return changed

    def lacking_columns(self) -> list[str]:
        """The tables that an older release made, and that lack columns of this one.

        A table whose first commit was lost does not count: the next load creates it.
        """
        return [
            table
            for table in SCHEMAS
            if DeltaTable.is_deltatable(str(self.path(table)))
            and not SCHEMAS[table].keys() <= self._columns(table)
        ]

    def _columns(self, table: str) -> set[str]:
        return {field.name for field in self.open(table).schema().fields}

    def open(self, table: str) -> DeltaTable:
        """The table in its present version.

        Raises:
            UnreadableLake: its files do not determine its rows by themselves.
        """
        opened = self._opened.get(table)
        if opened is None:
            opened = self._opened[table] = DeltaTable(str(self.path(table)))
        elif (self.path(table) / "_delta_log" / f"{opened.version() + 1:020d}.json").exists():
            opened.update_incremental()
        else:
            return opened
        self._require_plain(table, opened)
        return opened

    def _require_plain(self, table: str, opened: DeltaTable) -> None:
        """Raise if a table has a feature with which its files do not determine its rows."""
        protocol = opened.protocol()
        features = {*(protocol.reader_features or ()), *(protocol.writer_features or ())}
        found = features & _UNREAD_FEATURES
        if opened.metadata().configuration.get("delta.columnMapping.mode", "none") != "none":
            found |= {"columnMapping"}
        if found:
            del self._opened[table]
            raise UnreadableLake(
                f"the table {self.path(table)} has {' and '.join(sorted(found))}, which this "
                "program does not support: it would read deleted or wrong rows. Another tool has "
                "written to the lake; restore the table from a backup from before that"
            )

    def active_files(self, table: str) -> list[Path]:
        """The present Parquet files of the table; a typed empty one if there are none."""
        return self._files(table) or [self.path(table) / EMPTY_FILE]

    def _files(self, table: str) -> list[Path]:
        """The Parquet files in the table's present version.

        The library's URLs of files escape spaces and letters with an accent.
        """
        actions = self._actions(table)
        if actions.is_empty():
            return []
        return sorted(self.path(table) / path for path in actions["path"].to_list())

    def _actions(self, table: str) -> pl.DataFrame:
        """One row per Parquet file in the table's present version; no columns if there is none."""
        return pl.DataFrame(self.open(table).get_add_actions(flatten=True))

    def files_between(self, table: str, first: dt.datetime, last: dt.datetime) -> list[Path]:
        """The active files that may hold rows recorded between two times."""
        actions = self._actions(table)
        if actions.is_empty():
            return []
        if "min.recorded_at" in actions.columns:
            actions = actions.filter(
                pl.col("min.recorded_at").is_null()
                | ((pl.col("min.recorded_at") <= last) & (pl.col("max.recorded_at") >= first))
            )
        return sorted(self.path(table) / path for path in actions["path"].to_list())

    def row_count(self, table: str) -> int:
        """The number of the table's rows, from its log."""
        actions = self._actions(table)
        return 0 if actions.is_empty() else int(actions["num_records"].sum())

    def read(self, table: str) -> pl.LazyFrame:
        """The table's rows as a lazy frame; empty if the table does not exist."""
        if not self.path(table).exists():
            return pl.LazyFrame(schema=SCHEMAS[table])
        return pl.scan_parquet(self.active_files(table))

    def transactions(self, table: str) -> set[str]:
        """The ids of all transactions that were committed to the table; each commit is read once.

        The engine would read the whole log at each call.
        """
        log = self.path(table) / LOG
        if not log.exists():
            return set()
        version = self.open(table).version()
        read_to, found = self._transactions.get(table) or _in_checkpoint(log)
        for number in range(read_to + 1, version + 1):
            for line in (log / f"{number:020d}.json").read_bytes().splitlines():
                if line.startswith(b'{"txn"'):
                    found.add(json.loads(line)["txn"]["appId"])
        self._transactions[table] = version, found
        return found

    def snapshot(self, table: str) -> tuple[list[Path], set[str]]:
        """The active files and the transactions of one version, also while somebody is loading."""
        while True:
            version = self.open(table).version()
            found = self.active_files(table), set(self.transactions(table))
            if self.open(table).version() == version:
                return found

    def cut_files(self, table: str) -> list[Path]:
        """Empty commits, and active files that are missing or not as long as the log says."""
        if not self.path(table).exists():
            return []
        log = self.path(table) / LOG
        cut = [commit for commit in sorted(log.glob("*.json")) if not commit.stat().st_size]
        actions = self._actions(table)
        if actions.is_empty():
            return cut
        for path, size in zip(actions["path"], actions["size_bytes"], strict=True):
            file = self.path(table) / path
            if not file.is_file() or file.stat().st_size != size:
                cut.append(file)
        return cut

    def has_transaction(self, table: str, transaction_id: str) -> bool:
        """Whether a transaction of that id was committed to the table."""
        return transaction_id in self.transactions(table)

    def has_commit_of(self, transaction_id: str) -> bool:
        """Whether any table has a commit of a transaction."""
        return any(self.has_transaction(table, transaction_id) for table in self.tables())

    def add(self, table: str, files: Sequence[StagedFile], transaction_id: str) -> bool:
        """Move staged files into the table in one commit.

        A transaction that the table has already adds nothing, so a caller may repeat it after a
        crash. The files are named after the transaction: a repetition overwrites those of an
        interrupted run.

        Returns:
            Whether this call made the commit.
        """
        if not files or self.has_transaction(table, transaction_id):
            return False
        placed = []
        for number, staged in enumerate(files):
            name = f"{transaction_id.replace('/', '-')}-{number:05d}.parquet"
            placed.append(replace(staged, path=self.path(table) / name))
            durable.move(staged.path, placed[-1].path)
        durable.sync(self.path(table))
        self._commit(table, placed, "append", Transaction(transaction_id, 1))
        return True

    def _commit(
        self,
        table: str,
        files: Sequence[StagedFile],
        mode: Literal["append", "overwrite"],
        *transactions: Transaction,
    ) -> None:
        """Add files on the disk to a table, or replace all its files by them."""
        actions: list[AddAction | RemoveAction] = []
        for file in files:
            size, modified = file.path.stat().st_size, int(utc_now().timestamp() * 1000)
            actions.append(AddAction(file.path.name, size, {}, modified, True, file.statistics()))
        self.open(table).create_write_transaction(
            actions,
            mode,
            SCHEMAS[table],
            commit_properties=CommitProperties(app_transactions=list(transactions)),
            post_commithook_properties=NO_HOOKS,
        )
        self._settle(table)

    def _settle(self, table: str) -> None:
        """Sync a table's newest commit to disk, and regularly write a checkpoint."""
        version, log = self.open(table).version(), self.path(table) / LOG
        durable.sync(log / f"{version:020d}.json")
        durable.sync(log)
        if version and version % _CHECKPOINT_EVERY == 0:
            self.open(table).create_checkpoint()
            for written in (
                *log.glob(f"{version:020d}.checkpoint*"),
                log / "_last_checkpoint",
                log,
            ):
                durable.sync(written)
            self.open(table).cleanup_metadata()
            # Reopened, the table is read from the checkpoint, which makes each commit faster.
            del self._opened[table]

    def append(self, table: str, rows: pl.DataFrame, transaction_id: str, scratch: Path) -> bool:
        """Add rows that fit in memory, in one commit."""
        if rows.is_empty():
            return False
        file = stage(typed(table, rows), scratch / f"{table}.parquet")
        return self.add(table, [file], transaction_id)

    def update(self, table: str, updates: Mapping[str, str], predicate: str) -> None:
        """Set columns of the rows that match a SQL predicate."""
        with self._rewriting(table) as opened:
            opened.update(
                updates=dict(updates), predicate=predicate, post_commithook_properties=NO_HOOKS
            )

    def delete(self, table: str, predicate: str) -> None:
        """Delete the rows that match a SQL predicate."""
        with self._rewriting(table) as opened:
            opened.delete(predicate, post_commithook_properties=NO_HOOKS)

    def compact(self, table: str) -> None:
        """Merge small files into larger ones, and delete those that were merged a week ago, so that
        readers of the old files are not affected.
        """
        with self._rewriting(table) as opened:
            opened.optimize.compact(target_size=_FILE_BYTES, post_commithook_properties=NO_HOOKS)
        self.open(table).vacuum(dry_run=False)

    @contextmanager
    def _rewriting(self, table: str) -> Generator[DeltaTable]:
        """Sync files that the library writes and commits itself to disk.

        A power cut before that leaves the newest commit with truncated files. `repair.py` undoes
        it, because the replaced files still exist.
        """
        before, opened = set(self._files(table)), self.open(table)
        version = opened.version()
        yield opened
        if opened.version() == version:
            return
        for path in sorted(set(self._files(table)) - before):
            durable.sync(path)
        durable.sync(self.path(table))
        self._settle(table)

    def compact_where_scattered(self) -> list[str]:
        """Compact the tables with many small files."""
        scattered = [table for table in self.tables() if self._small_files(table) > _MANY_FILES]
        for table in scattered:
            self.compact(table)
        return scattered

    def _small_files(self, table: str) -> int:
        actions = self._actions(table)
        return 0 if actions.is_empty() else int((actions["size_bytes"] < _FILE_BYTES // 4).sum())


def _in_checkpoint(log: Path) -> tuple[int, set[str]]:
    """The version of a log's newest checkpoint, and the transactions in it; -1 if there is none."""
    newest = max(log.glob("*.checkpoint.parquet"), default=None)
    if newest is None:
        return -1, set()
    rows = read_rows(pl.scan_parquet(newest, glob=False).select("txn"))
    return int(newest.name.split(".")[0]), set(rows["txn"].struct.field("appId").drop_nulls())
