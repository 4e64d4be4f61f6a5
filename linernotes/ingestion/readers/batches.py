"""The interface of all readers, and reading of bytes: whole lines, in pieces of bounded size.

It is independent of CSV, JSON and Parquet.
"""

import gzip
import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

import polars as pl

from linernotes.base import disk
from linernotes.base.settings import Limits
from linernotes.ingestion.contracts import Contract
from linernotes.ingestion.errors import RefusedFile
from linernotes.ingestion.limits import hold, hold_unpacked

PIECE_BYTES = 16 * 1024 * 1024
# A row takes memory even if its text is short: a piece could hold five million `{}`.
PIECE_LINES = 200_000
# Rows of wide feeds take more: with 42 columns, 175,000 of `{}` took a gigabyte.
PIECE_CELLS = 3_000_000
# A longer record is a quote that was never closed.
LONGEST_RECORD_BYTES = 4 * PIECE_BYTES
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class BrokenRow:
    """A row that could not be split into cells."""

    row_number: int
    original_text: str
    rule: str
    details: str


@dataclass(frozen=True)
class Batch:
    """Some rows of a file, as delivered: texts, or the types of Parquet.

    `rows` has a `row_number`, counted from 1, and those columns of the contract that the file has.
    `broken_cells` are, per column, the numbers of rows whose value has a type that it cannot have.
    """

    rows: pl.DataFrame
    originals: Callable[[], pl.Series]
    broken_rows: list[BrokenRow] = field(default_factory=list)
    broken_cells: Mapping[str, Iterable[int]] = field(default_factory=dict)

    @property
    def row_count(self) -> int:
        return self.rows.height + len(self.broken_rows)


class Reader(ABC):
    """Reads one file for one contract, in batches, any number of times."""

    def __init__(self, path: Path, contract: type[Contract], limits: Limits | None = None) -> None:
        self.path = path
        self.limits = limits or Limits()
        self.contract = contract
        self.columns = contract.feed_columns()
        self.traits = contract.traits()
        self.list_columns = [name for name in self.columns if self.traits[name].kind == "list"]
        self.ignored_columns: list[str] = []
        self.header_text: str | None = None
        # Rows that consist only of separators, which spreadsheets write: they are skipped.
        self.blank_row_count = 0

    def rows_at_once(self, most: int) -> int:
        """The number of rows to handle at a time; fewer if they are wide."""
        return min(most, PIECE_CELLS // len(self.columns))

    def pieces(self) -> Iterator[tuple[bytes, bool]]:
        """The content in pieces of whole lines, each with whether it is the last."""
        return pieces(self.path, self.limits, self.rows_at_once(PIECE_LINES))

    @abstractmethod
    def batches(self) -> Iterator[Batch]:
        """The rows, in order. Raises RefusedFile if the file as a whole is invalid."""

    def originals(self, row_numbers: Collection[int]) -> dict[int, str]:
        """The text of some rows, found by reading the file again."""
        wanted = set(row_numbers)
        found: dict[int, str] = {}
        for batch in self.batches():
            numbers = batch.rows["row_number"]
            is_wanted = numbers.is_in(wanted)
            if is_wanted.any():
                texts = batch.originals().filter(is_wanted)
                found.update(zip(numbers.filter(is_wanted), texts, strict=True))
            if len(found) == len(wanted):
                break
        return found

    def require(self, present: Collection[str]) -> None:
        """Refuse a file without a column that the contract requires."""
        missing = [name for name in self.contract.required_columns() if name not in present]
        if missing:
            raise RefusedFile(
                f"required columns are missing: {', '.join(sorted(missing))}. "
                f"{self._why_missing(missing, present)}; send the file again"
            )

    def _why_missing(self, missing: list[str], present: Collection[str]) -> str:
        """A hint, from the existing names, why others seem to be missing."""
        for separator, name in {";": "semicolons", "\t": "tabs", "|": "bars"}.items():
            cells = {cell.strip(' "') for one in present for cell in one.split(separator)}
            if cells & {*missing}:
                return f"Its columns are separated by {name}; CSV needs commas"
        if {one.strip().lower() for one in present} & {*missing}:
            return "Column names are in lower case, without blanks around them"
        return self.where_names_are(bool(present))

    def where_names_are(self, has_some: bool) -> str:
        """Where a file of this format has the names of columns, if it lacks some, or all."""
        return "Column names are fixed" if has_some else "The file has no columns"

    def hold_columns(self, names: Collection[str]) -> None:
        """Refuse a file with more columns than the limit."""
        hold(self.limits, "max_columns", len(names), "columns")

    def ignore(self, names: Collection[str]) -> None:
        """Note columns that the contract does not have."""
        known = {*self.columns, *self.ignored_columns}
        self.ignored_columns += sorted(name for name in names if name not in known)


def is_gzip_name(path: Path) -> bool:
    return path.name.lower().endswith(".gz")


def open_bytes(path: Path) -> IO[bytes]:
    """The file's content; unpacked, with all members, if its name ends in `.gz`."""
    return cast(IO[bytes], gzip.open(path, "rb")) if is_gzip_name(path) else path.open("rb")


def pieces(
    path: Path, limits: Limits, most_lines: int = PIECE_LINES
) -> Iterator[tuple[bytes, bool]]:
    """The content in pieces that end at a line end, each with whether it is the last.

    A piece has at most `most_lines` lines. Refuses content that cannot be unpacked, has NUL bytes,
    or is too large.
    """
    packed = path.stat().st_size if is_gzip_name(path) else None
    if packed is None:
        hold_unpacked(limits, path.stat().st_size)
    unpacked = 0
    with open_bytes(path) as stream:
        block = _read(stream, path)
        if block.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise RefusedFile("the file is UTF-16; send it as UTF-8")
        rest = b""
        block = block.removeprefix(BYTE_ORDER_MARK)
        while True:
            if b"\0" in block:
                raise RefusedFile("the file has NUL bytes; send it as UTF-8 text without them")
            rest += block
            unpacked += len(block)
            hold_unpacked(limits, unpacked, packed)
            block = _read(stream, path)
            if not block:
                *before, last = _by_lines(rest, most_lines)
                yield from ((part, False) for part in before)
                yield last, True
                return
            end = _end_of_last_line(rest)
            if end:
                yield from ((part, False) for part in _by_lines(rest[:end], most_lines))
                rest = rest[end:]
            elif len(rest) > LONGEST_RECORD_BYTES:
                raise RefusedFile(
                    f"a line is longer than {LONGEST_RECORD_BYTES // 2**20} MiB; send one row per "
                    "line"
                )


def _by_lines(content: bytes, most: int) -> Iterator[bytes]:
    """The content in parts of at most that many lines; each but the last ends at a line end."""
    end = next((one for one in (b"\n", b"\r") if content.count(one) > most), None)
    if end is None:
        yield content
        return
    half = len(content) // 2
    middle = content.find(end, half, -1) + 1 or content.rfind(end, 0, half) + 1
    # CRLF is one line end.
    middle += content[middle - 1 : middle + 1] == b"\r\n"
    yield from _by_lines(content[:middle], most)
    if middle < len(content):
        yield from _by_lines(content[middle:], most)


def _read(stream: IO[bytes], path: Path) -> bytes:
    try:
        return stream.read(PIECE_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        if not is_gzip_name(path) or disk.message_for(error):
            raise
        raise RefusedFile(
            f"the gzip file is damaged or cut short ({error}); send it again"
        ) from error


def _end_of_last_line(block: bytes) -> int:
    """The end of the last line that is certainly complete: a final CR may be half of CRLF."""
    newline = block.rfind(b"\n") + 1
    return newline or block.rfind(b"\r", 0, -1) + 1


def decode(piece: bytes) -> str:
    """The piece as text. Refuses the file, with the position, if it is not UTF-8."""
    try:
        return piece.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RefusedFile(
            f"the file is not UTF-8: byte 0x{piece[error.start]:02X} after"
            f" {piece[max(0, error.start - 20) : error.start]!r}; send it as UTF-8"
        ) from error
