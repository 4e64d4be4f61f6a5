"""Readers of the three file formats of feeds. They do not check the content of rows."""

from pathlib import Path

from linernotes.base.settings import Limits
from linernotes.ingestion.contracts import Contract
from linernotes.ingestion.readers.batches import Batch, Reader
from linernotes.ingestion.readers.delimited import CsvReader
from linernotes.ingestion.readers.json_lines import JsonLinesReader
from linernotes.ingestion.readers.parquet import ParquetReader

__all__ = ["Batch", "Reader", "reader_for"]


def reader_for(
    path: Path, ending: str, contract: type[Contract], limits: Limits | None = None
) -> Reader:
    """The reader of a file, by the ending of its name, within the usual limits by default."""
    if ending == ".parquet":
        return ParquetReader(path, contract, limits)
    if ending.startswith(".csv"):
        return CsvReader(path, contract, limits)
    return JsonLinesReader(path, contract, limits)
