"""Checks across rows: versions of a key, sets of weights, puids, and rows in the lake.

They run in DuckDB over staged Parquet, so that files of any size can be checked. The rows already
fulfil their contract.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from linernotes.base.sql import literal
from linernotes.ingestion.checking import FAULT_SCHEMA
from linernotes.ingestion.columns import WEIGHT_TOLERANCE
from linernotes.ingestion.contracts import Contract, WeightSet
from linernotes.ingestion.lake import Lake


@dataclass(frozen=True)
class Screened:
    """Rows that conflict with other rows, and rows that are duplicates."""

    faults: pl.DataFrame
    duplicates: pl.Series


def connect(scratch: Path, memory_limit: str = "1GB") -> duckdb.DuckDBPyConnection:
    """A DuckDB connection that spills to disk instead of using more memory."""
    return duckdb.connect(
        ":memory:",
        config={"temp_directory": str(scratch / "spill"), "memory_limit": memory_limit},
    )


def files_sql(paths: Sequence[Path]) -> str:
    """The rows of some Parquet files, as a `from` item."""
    quoted = ", ".join(map(literal, paths))
    return f"read_parquet([{quoted}])"


def frame(connection: duckdb.DuckDBPyConnection, query: str) -> pl.DataFrame:
    """The whole result of a query: an unfinished result would block the connection."""
    return pl.DataFrame(connection.sql(query))


class Screen:
    """Screens the staged rows of one delivery."""

    def __init__(
        self,
        contract: type[Contract],
        staged: Sequence[Path],
        bad_weights: Sequence[Path],
        lake: Lake,
        delivery_id: str,
        connection: duckdb.DuckDBPyConnection,
    ) -> None:
        self._contract = contract
        self._lake = lake
        self._delivery_id = delivery_id
        self._bad_weights = bad_weights
        self._db = connection
        self._version: tuple[str, ...] = (*contract.KEY, "recorded_at")
        self._db.execute(f"create or replace temp view staged as from {files_sql(staged)}")
        self._db.execute(
            "create or replace temp table faults (row_number bigint, rule text, details text)"
        )
        self._db.execute("create or replace temp table duplicates (row_number bigint)")

    def run(self) -> Screened:
        """Check the rows within the delivery, then against the lake's rows of the same keys."""
        self._repeated_in_file()
        self._repeated_in_lake()
        if self._contract.FIXED:
            self._reused_keys()
        if self._contract.WEIGHTS:
            self._overweight_sets(self._contract.WEIGHTS)
        faults = frame(self._db, "select distinct * from faults order by all")
        duplicates = frame(
            self._db,
            "select distinct row_number from duplicates anti join faults using (row_number)"
            " order by row_number",
        )
        return Screened(faults.cast(FAULT_SCHEMA), duplicates["row_number"])

    def _content(self, alias: str) -> str:
        """A row's columns as one value; for a malformed ISRC, the value as sent.

        Identifiers that were normalised are compared in their normal form.
        """
        names = self._contract.feed_columns()
        cells = [
            f"coalesce({alias}.isrc, {alias}.isrc_original)"
            if name == "isrc"
            else f"{alias}.{name}"
            for name in names
        ]
        return f"row({', '.join(cells)})"

    def _same(self, left: str, right: str, columns: Sequence[str]) -> str:
        return " and ".join(
            f"{left}.{name} is not distinct from {right}.{name}" for name in columns
        )

    def _has_rows(self, table: str) -> bool:
        return not frame(self._db, f"select 1 from {table} limit 1").is_empty()

    def _repeated_in_file(self) -> None:
        keys = ", ".join(self._version)
        # Counting hashes takes far less memory than counting keys, and usually finds none.
        self._db.execute(
            f"create or replace temp table suspects as select hash({keys}) as hashed from staged"
            " group by hashed having count(*) > 1"
        )
        if not self._has_rows("suspects"):
            return
        self._db.execute(
            f"create or replace temp table repeated as select {keys} from staged"
            f" semi join suspects on hash({keys}) = suspects.hashed"
            f" group by {keys} having count(*) > 1"
        )
        if not self._has_rows("repeated"):
            return
        self._db.execute(f"""
            create or replace temp table repeats as
            with rows as (
                select {keys}, row_number, {self._content("staged")} as content
                from staged semi join repeated on {self._same("staged", "repeated", self._version)}
            ),
            versions as (
                select {keys}, count(distinct content) as contents, min(row_number) as first_row
                from rows group by {keys}
            )
            select row_number, contents, first_row
            from rows join versions on {self._same("rows", "versions", self._version)}
        """)
        self._db.execute("""
            insert into faults
            select
                row_number,
                'conflicting_version',
                'the file has ' || contents || ' contents for this key and recorded_at, first in'
                || ' row ' || first_row || '; send one, or another recorded_at'
            from repeats where contents > 1
        """)
        self._db.execute(
            "insert into duplicates select row_number from repeats"
            " where contents = 1 and row_number <> first_row"
        )

    def _repeated_in_lake(self) -> None:
        bounds = "select min(recorded_at), max(recorded_at) from staged"
        first, last = frame(self._db, bounds).row(0)
        if first is None:
            return
        files = self._lake.files_between(self._contract.TABLE, first, last)
        if not files:
            return
        self._db.execute(f"""
            create or replace temp view stored as
            from {files_sql(files)}
            where recorded_at between '{first}' and '{last}'
            and delivery_id <> '{self._delivery_id}'
        """)
        self._db.execute(f"""
            create or replace temp table met as
            select row_number from staged
            semi join stored on {self._same("staged", "stored", self._version)}
        """)
        if not self._has_rows("met"):
            return
        self._db.execute(f"""
            create or replace temp table known as
            with arrived as (from staged semi join met using (row_number))
            select
                arrived.row_number,
                stored.delivery_id,
                {self._content("arrived")} is not distinct from {self._content("stored")} as is_same
            from arrived join stored on {self._same("arrived", "stored", self._version)}
        """)
        self._db.execute("insert into duplicates select row_number from known where is_same")
        self._db.execute("""
            insert into faults
            select
                row_number,
                'conflicting_version',
                'delivery ' || delivery_id || ' has other content for this key and recorded_at;'
                || ' send it with a later recorded_at'
            from known where not is_same
        """)

    def _reused_keys(self) -> None:
        """Reject keys that were used before for something else."""
        (key,), fixed = self._contract.KEY, self._contract.FIXED
        identity = ", ".join(fixed)
        listed = " || ', ' || ".join(
            f"'{name} ' || coalesce(first_uses.{name}::varchar, '(none)')" for name in fixed
        )
        self._db.execute(f"""
            insert into faults
            with stored as (
                from {files_sql(self._lake.active_files(self._contract.TABLE))} as stored
                where delivery_id <> '{self._delivery_id}'
            ),
            uses as (
                select {key}, {identity}, 0 as is_new, recorded_at, 0 as row_number, delivery_id
                from stored semi join staged using ({key})
                union all
                select {key}, {identity}, 1, recorded_at, row_number, 'this one, row ' || row_number
                from staged anti join faults using (row_number)
            ),
            first_uses as (
                select distinct on ({key}) * from uses
                order by {key}, is_new, recorded_at, row_number
            )
            select
                staged.row_number,
                '{key}_reused',
                '{key} ' || {key} || ' was first used with ' || {listed}
                || ' in delivery ' || first_uses.delivery_id || '; send this under its own {key}'
            from staged join first_uses using ({key})
            where not ({self._same("staged", "first_uses", fixed)})
        """)

    def _overweight_sets(self, weights: WeightSet) -> None:
        """Reject sets whose weights exceed 1, in the latest versions and with those in the lake."""
        of_set, member, weight = ", ".join(weights.key), weights.member, weights.weight
        listed = " and ".join([", ".join(weights.key[:-1]), weights.key[-1]])
        bad = (
            f"select {of_set} from {files_sql(self._bad_weights)}"
            if self._bad_weights
            else f"select {of_set} from staged where false"
        )
        self._db.execute(f"""
            insert into faults
            with weights as (
                select {of_set}, {member}, {weight} as weight, recorded_at, is_withdrawn
                from staged anti join faults using (row_number)
                union all
                select {of_set}, {member}, {weight} as weight, recorded_at, is_withdrawn
                from {files_sql(self._lake.active_files(self._contract.TABLE))} as stored
                semi join staged using ({of_set})
                where delivery_id <> '{self._delivery_id}'
            ),
            latest as (
                select {of_set}, weight, is_withdrawn from weights
                qualify row_number() over (
                    partition by {of_set}, {member} order by recorded_at desc
                ) = 1
            ),
            totals as (
                select {of_set}, sum(weight) as total from latest where not is_withdrawn
                group by {of_set}
            ),
            broken as (
                select {of_set}, 'sum to ' || total as what from totals
                where total > 1 + {WEIGHT_TOLERANCE}
                union
                select {of_set}, 'have one that is no weight' as what from ({bad})
            )
            select
                row_number,
                'weights_of_set',
                'the weights of this {listed} ' || what
                || '; send the whole set again with weights from 0 to 1 that sum to at most 1'
            from staged join broken using ({of_set})
        """)
