"""Writes sample feeds into a landing zone, plain or gzipped, with the same bytes each time.

The modules that create the rows define their content.
"""

import gzip
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from sampleservice.randomness import Flags, Ints

ROW_GROUP = 250_000
TIME_AS_TEXT = "%Y-%m-%dT%H:%M:%S%.3fZ"
FEW_ROWS = 2_000


@dataclass(frozen=True)
class SampleFile:
    """One written delivery, with the outcome that the intake should report."""

    feed: str
    path: str
    rows: int
    size: int
    quarantined: int = 0
    duplicates: int = 0


@dataclass
class Landing:
    """The folder that is being filled. A file gets its final name only once it is complete."""

    root: Path
    on_file: Callable[[SampleFile], None] | None = None
    files: list[SampleFile] = field(default_factory=list)
    _gathered: dict[tuple[str, str], list[pl.DataFrame]] = field(default_factory=dict)

    def write(
        self, feed: str, name: str, rows: pl.DataFrame, *, quarantined: int = 0, duplicates: int = 0
    ) -> None:
        """Write rows to a file whose extension determines the format; without rows, no file."""
        if rows.is_empty():
            return
        form = name.split(".", 1)[1]
        if form == "parquet":
            self._put(feed, name, rows, rows.height, quarantined, duplicates)
            return
        texts = _as_texts(rows, join_lists=form.startswith("csv"))
        content = texts.write_csv() if form.startswith("csv") else texts.write_ndjson()
        self._put(feed, name, content.encode(), rows.height, quarantined, duplicates)

    def gather(self, feed: str, name: str, rows: pl.DataFrame, *, together: str) -> None:
        """Write many rows to their own file; collect few rows in one file with similar ones."""
        if rows.height >= FEW_ROWS:
            self.write(feed, name, rows)
        elif rows.height:
            waiting = self._gathered.setdefault((feed, together), [])
            waiting.append(rows)
            if sum(frame.height for frame in waiting) >= FEW_ROWS * 10:
                self._write_gathered(feed, together)

    def finish(self) -> None:
        """Write the collected rows."""
        for feed, together in list(self._gathered):
            self._write_gathered(feed, together)

    def _write_gathered(self, feed: str, together: str) -> None:
        before = [f for f in self.files if f.feed == feed and f.path.endswith("_" + together)]
        rows = pl.concat(self._gathered.pop((feed, together)))
        self.write(feed, f"{len(before) + 1:03d}_{together}", rows)

    def write_text(self, feed: str, name: str, content: str, rows: int) -> None:
        self._put(feed, name, content.encode(), rows, 0, 0)

    def _put(
        self,
        feed: str,
        name: str,
        content: bytes | pl.DataFrame,
        rows: int,
        quarantined: int,
        duplicates: int,
    ) -> None:
        target = self.root / feed / name
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(name + ".part")
        if isinstance(content, pl.DataFrame):
            content.write_parquet(part, compression="zstd", row_group_size=ROW_GROUP)
        elif name.endswith(".gz"):
            part.write_bytes(gzip.compress(content, compresslevel=6, mtime=0))
        else:
            part.write_bytes(content)
        part.rename(target)
        written = SampleFile(
            feed, f"{feed}/{name}", rows, target.stat().st_size, quarantined, duplicates
        )
        self.files.append(written)
        if self.on_file:
            self.on_file(written)


def _as_texts(rows: pl.DataFrame, *, join_lists: bool) -> pl.DataFrame:
    texts = []
    for name, kind in rows.schema.items():
        column = pl.col(name)
        if isinstance(kind, pl.Datetime):
            texts.append(column.dt.strftime(TIME_AS_TEXT))
        elif isinstance(kind, pl.List) and join_lists:
            texts.append(column.list.join("|"))
        elif isinstance(kind, pl.Decimal):
            texts.append(_plain(column))
    return rows.with_columns(texts)


def _plain(column: pl.Expr) -> pl.Expr:
    """A decimal as text, without trailing zeros from its column's scale."""
    text = column.cast(pl.String)
    return (
        pl.when(text.str.contains(".", literal=True))
        .then(text.str.strip_chars_end("0").str.strip_chars_end("."))
        .otherwise(text)
    )


def times(micros: Ints, known: Flags | None = None) -> pl.Series:
    """UTC times from microseconds since 1970, absent where not known."""
    column = pl.Series(micros).cast(pl.Datetime("us", "UTC"))
    return column if known is None else blank_unless(column, known)


def no_times(count: int) -> pl.Series:
    """A column of absent times."""
    return pl.Series([None] * count, dtype=pl.Datetime("us", "UTC"))


def dates(days: Ints) -> pl.Series:
    """Dates from days since 1970."""
    return pl.Series(days.astype(np.int32)).cast(pl.Date)


def decimals(units: Ints, scale: int, precision: int = 38) -> pl.Series:
    """Exact decimals from whole units of the given scale."""
    factor = pl.lit(Decimal(1).scaleb(-scale))
    frame = pl.DataFrame({"units": units})
    column = pl.col("units").cast(pl.Decimal(38, 0)) * factor
    return frame.select(column.cast(pl.Decimal(precision, scale)))["units"]


def ids(prefix: str, numbers: Ints, width: int) -> pl.Series:
    """Readable ids such as `rec-000123`."""
    frame = pl.DataFrame({"number": numbers})
    text = pl.col("number").cast(pl.String).str.zfill(width)
    return frame.select(pl.lit(prefix) + text)["literal"]


def chosen(values: Sequence[Any] | pl.Series, positions: Ints) -> pl.Series:
    """The value at each position; position -1 is absent."""
    column = values if isinstance(values, pl.Series) else pl.Series(values)
    absent = positions < 0
    if len(column) == 0:
        return pl.Series([None] * len(positions), dtype=column.dtype)
    found = column.gather(np.where(absent, 0, positions))
    return blank_unless(found, ~absent) if absent.any() else found


def blank_unless(column: pl.Series, known: Flags) -> pl.Series:
    frame = pl.DataFrame({"column": column, "known": known})
    return frame.select(pl.when("known").then(pl.col("column")).alias("column"))["column"]


def listed(columns: list[pl.Series]) -> pl.Series:
    """One list per row from parallel columns, without absent values."""
    frame = pl.DataFrame({f"item_{n}": column for n, column in enumerate(columns)})
    return frame.select(pl.concat_list(frame.columns).list.drop_nulls().alias("list"))["list"]


def table(columns: Mapping[str, Any]) -> pl.DataFrame:
    """A frame from columns and constants; the first column determines the height."""
    first = next(iter(columns.values()))
    frame = pl.DataFrame({name: c for name, c in columns.items() if _is_column(c)})
    constants = {
        name: pl.lit(c, dtype=pl.String) if c is None else pl.lit(c)
        for name, c in columns.items()
        if not _is_column(c)
    }
    if not _is_column(first):
        raise TypeError("the first column must not be a constant")
    return frame.with_columns(**constants).select(list(columns))


def _is_column(value: object) -> bool:
    return isinstance(value, pl.Series | np.ndarray | list)
