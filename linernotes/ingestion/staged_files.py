"""Parquet files of the intake: written beside the lake, read back, and described for its log.

`lake.py` adds them to a table.
"""

import datetime as dt
import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import polars as pl


@dataclass(frozen=True)
class StagedFile:
    """A Parquet file that is written but not part of a table yet."""

    path: Path
    row_count: int
    first_recorded_at: dt.datetime | None = None
    last_recorded_at: dt.datetime | None = None

    def statistics(self) -> str:
        """The statistics of the file in the table's log, with which readers can skip it."""
        stats: dict[str, Any] = {"numRecords": self.row_count}
        if self.first_recorded_at and self.last_recorded_at:
            first, last = self.first_recorded_at, self.last_recorded_at
            stats["minValues"] = {"recorded_at": first.isoformat(timespec="microseconds")}
            stats["maxValues"] = {"recorded_at": last.isoformat(timespec="microseconds")}
        return json.dumps(stats)


@contextmanager
def _own_files() -> Generator[None]:
    """Raise failures of files that the intake has written as file errors.

    Polars reports them as errors of computation or data, or panics, so they would count as faults
    of the delivery.
    """
    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise OSError(str(error)) from error


def write_rows(
    rows: pl.DataFrame | pl.LazyFrame, path: Path, compression: Literal["zstd", "lz4"] = "zstd"
) -> None:
    """Write rows as Parquet.

    Raises:
        OSError: they cannot be written.
    """
    with _own_files():
        rows.lazy().sink_parquet(path, compression=compression)


def read_rows(rows: Path | pl.LazyFrame) -> pl.DataFrame:
    """The rows of a Parquet file that the intake has written, or of a table of the lake.

    Raises:
        OSError: they cannot be read.
    """
    with _own_files():
        if isinstance(rows, Path):
            return pl.read_parquet(rows, glob=False)
        return rows.collect()


def stage(rows: pl.DataFrame, path: Path) -> StagedFile:
    """Write rows beside the lake, to be added in one commit later."""
    write_rows(rows, path)
    if "recorded_at" not in rows.columns or rows.is_empty():
        return StagedFile(path, rows.height)
    first, last = rows.select(
        first=pl.col("recorded_at").min(), last=pl.col("recorded_at").max()
    ).row(0)
    return StagedFile(path, rows.height, first, last)
