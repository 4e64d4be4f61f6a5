"""Reads Parquet in the types of the file, and only the columns of the contract.

A type that cannot hold a column's values exactly refuses the file or breaks the rows.
"""

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import polars as pl
import polars.selectors as cs

from linernotes.ingestion.errors import RefusedFile
from linernotes.ingestion.readers.batches import Batch, Reader
from linernotes.ingestion.readers.parquet_size import hold_size, refuse

BATCH_ROWS = 250_000
# A text that the file stores once may be repeated in every row; this limits a batch's text.
BATCH_BYTES = 256 * 1024 * 1024
# Types that no column of a feed can have.
_UNFIT = (pl.Duration, pl.Time, pl.Object, pl.Unknown)
_TIME = "%Y-%m-%dT%H:%M:%S%.6f"


class ParquetReader(Reader):
    """Reads a Parquet file in batches of rows."""

    def batches(self) -> Iterator[Batch]:
        schema = self._schema()
        wanted = [name for name in self.columns if name in schema]
        row_number = 1
        try:
            frames = (
                pl.scan_parquet(self.path, glob=False)
                .select(wanted)
                .collect_batches(chunk_size=self.rows_at_once(BATCH_ROWS), maintain_order=True)
            )
            for frame in (part for whole in frames for part in _parts(whole)):
                plain, is_unfit = _plain(frame)
                _refuse_nul(plain)
                numbers = pl.int_range(
                    row_number, row_number + frame.height, eager=True, dtype=pl.Int64
                )
                row_number += frame.height
                yield Batch(
                    plain.with_columns(numbers.alias("row_number")),
                    _Originals(frame),
                    broken_cells={
                        name: numbers.filter(is_column_unfit)
                        for name, is_column_unfit in is_unfit.items()
                    },
                )
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
            refuse(error, self.path)

    def _schema(self) -> pl.Schema:
        hold_size(self.path, self.columns, self.limits)
        try:
            schema = pl.scan_parquet(self.path, glob=False).collect_schema()
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
            refuse(error, self.path)
        self.require(schema)
        self.ignore(schema)
        floats = [
            name
            for name in self.columns
            if name in schema
            and schema[name].is_float()
            and self.traits[name].kind == "decimal"
            and not self.traits[name].is_float_allowed
        ]
        if floats:
            raise RefusedFile(
                f"binary floats where exact decimals belong: {', '.join(floats)}. Write the"
                " columns as Parquet decimals"
            )
        return schema


def _parts(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """A batch, split into as many parts as are needed for each to fit in memory."""
    count = max(1, min(frame.height, -(-_text_bytes(frame) // BATCH_BYTES)))
    yield from frame.iter_slices(-(-frame.height // count) or 1) if count > 1 else [frame]


def _text_bytes(frame: pl.DataFrame) -> int:
    """The length of all texts of a frame, with repetitions."""
    return sum(
        int(column.str.len_bytes().sum() if column.dtype == pl.String else column.bin.size().sum())
        for column in frame.select(pl.col(pl.String, pl.Binary)).iter_columns()
    )


class _Originals:
    """The rows as JSON, created only when needed."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame

    def __call__(self) -> pl.Series:
        frame = self._frame.with_columns(cs.by_dtype(pl.Categorical, pl.Enum).cast(pl.String))
        if not all(map(_has_json, frame.iter_columns())):
            lines = [json.dumps(row, default=_as_text, ensure_ascii=False) for row in _rows(frame)]
            return pl.Series("line", lines, dtype=pl.String)
        texts = frame.with_columns(
            pl.col(pl.Decimal).cast(pl.String),
            *(
                pl.col(name).dt.strftime(_TIME + ("%:z" if dtype.time_zone else ""))
                for name, dtype in frame.schema.items()
                if isinstance(dtype, pl.Datetime)
            ),
        )
        lines = texts.write_ndjson().split("\n")[: texts.height]
        return pl.Series("line", lines, dtype=pl.String)


def _has_json(column: pl.Series) -> bool:
    """Whether polars writes every value of a column as equivalent JSON.

    It panics on binaries and nested types, and writes NaN as null.
    """
    if column.dtype.is_float():
        return bool(column.is_finite().all())
    inner = column.dtype.inner if isinstance(column.dtype, pl.List) else column.dtype
    return not inner.is_nested() and inner not in (pl.Binary, *_UNFIT)


def _rows(frame: pl.DataFrame) -> Iterator[dict[str, Any]]:
    texts = frame.with_columns(pl.col(pl.Decimal).cast(pl.String))
    return texts.iter_rows(named=True)


def _as_text(value: object) -> str:
    """A value without a form in JSON as text: bytes as UTF-8 or, failing that, in hex."""
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return value.hex()
    return value.isoformat() if isinstance(value, dt.datetime) else str(value)


def _plain(frame: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, pl.Series]]:
    """The columns in types that the contracts read, and per column the cells that fit no type.

    Binary that is UTF-8 is text, and a list of a fixed size is a list. Cells of any other type
    (durations, structs, nested lists) are left empty and returned as unfit.
    """
    plain: list[pl.Series] = []
    is_unfit: dict[str, pl.Series] = {}
    for sent in frame.iter_columns():
        column = _readable(sent)
        plain.append(column)
        is_lost = sent.is_not_null() & column.is_null()
        if is_lost.any():
            is_unfit[sent.name] = is_lost
    return pl.DataFrame(plain), is_unfit


def _readable(column: pl.Series) -> pl.Series:
    if isinstance(column.dtype, pl.Array):
        column = column.arr.to_list()
    is_list = isinstance(column.dtype, pl.List)
    inner = column.dtype.inner if isinstance(column.dtype, pl.List) else column.dtype
    text = pl.List(pl.String) if is_list else pl.String()
    if inner in (pl.Categorical, pl.Enum):
        return column.cast(text)
    if inner == pl.Binary:
        return _utf8(column, text)
    if inner.is_nested() or inner in _UNFIT:
        return pl.Series(column.name, [None], dtype=pl.Null).new_from_index(0, column.len())
    return column


def _utf8(column: pl.Series, text: pl.DataType) -> pl.Series:
    """Binary cells as text, or as lists of text; null where a cell is not UTF-8."""
    try:
        return column.cast(text)
    except pl.exceptions.PolarsError:
        return pl.Series(column.name, [_decoded(cell) for cell in column.to_list()], dtype=text)


def _decoded(cell: Any) -> Any:
    try:
        if isinstance(cell, list):
            return [None if item is None else item.decode() for item in cell]
        return None if cell is None else cell.decode()
    except UnicodeDecodeError:
        return None


def _refuse_nul(frame: pl.DataFrame) -> None:
    texts = frame.select(cs.string(), cs.by_dtype(pl.List(pl.String)))
    for column in texts:
        items = column.list.explode() if column.dtype == pl.List else column
        if items.str.contains("\0", literal=True).any():
            raise RefusedFile(f"a text of {column.name} holds NUL; send it without")
