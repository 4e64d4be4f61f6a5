"""Parquet, in the types it comes in; only the columns that the contract knows are read.

A type that cannot hold a column's values exactly refuses the file or breaks the rows.
"""

from collections.abc import Iterator

import polars as pl
import polars.selectors as cs

from linernotes.ingestion.errors import RefusedFile
from linernotes.ingestion.readers.batches import Batch, Reader

BATCH_ROWS = 250_000
_TIME = "%Y-%m-%dT%H:%M:%S%.6f"


class ParquetReader(Reader):
    """Reads a Parquet file in batches of rows."""

    def batches(self) -> Iterator[Batch]:
        schema = self._schema()
        wanted = [name for name in self.columns if name in schema]
        row_number = 1
        try:
            frames = (
                pl.scan_parquet(self.path)
                .select(wanted)
                .collect_batches(chunk_size=BATCH_ROWS, maintain_order=True)
            )
            for frame in frames:
                frame = frame.with_columns(cs.by_dtype(pl.Categorical, pl.Enum).cast(pl.String))
                _refuse_nul(frame)
                numbers = pl.int_range(
                    row_number, row_number + frame.height, eager=True, dtype=pl.Int64
                )
                row_number += frame.height
                yield Batch(frame.with_columns(numbers.alias("row_number")), _Originals(frame))
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
            raise _unreadable(error) from error

    def _schema(self) -> pl.Schema:
        try:
            schema = pl.scan_parquet(self.path).collect_schema()
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
            raise _unreadable(error) from error
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


class _Originals:
    """The rows as JSON, made only when they are asked for."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame

    def __call__(self) -> pl.Series:
        texts = self._frame.with_columns(
            pl.col(pl.Decimal).cast(pl.String),
            *(
                pl.col(name).dt.strftime(_TIME + ("%:z" if dtype.time_zone else ""))
                for name, dtype in self._frame.schema.items()
                if isinstance(dtype, pl.Datetime)
            ),
        )
        lines = texts.write_ndjson().split("\n")[: texts.height]
        return pl.Series("line", lines, dtype=pl.String)


def _refuse_nul(frame: pl.DataFrame) -> None:
    texts = frame.select(cs.string(), cs.by_dtype(pl.List(pl.String)))
    for column in texts:
        items = column.list.explode() if column.dtype == pl.List else column
        if items.str.contains("\0", literal=True).any():
            raise RefusedFile(f"a text of {column.name} holds NUL; send it without")


def _unreadable(error: BaseException) -> RefusedFile:
    return RefusedFile(f"the file cannot be read as Parquet ({str(error)[:200]}); send it again")
