"""Files of tab-separated records: their names, and how records become lines.

The rules are those of DDEX's Part 1. It permits escapes, but readers interpret them differently, so
values never contain a delimiter.
"""

import re
import shutil
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb

from linernotes.agreements import Agreement, Sender
from linernotes.base.money import exact_text
from linernotes.ddex.records import RECORDS, Cell

DELIMITER, PART_DELIMITER = "\t", "|"
BATCH_ROWS = 5_000
COPIED_CHARACTERS = 1_000_000
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029|\\\s]+")
_NOT_IN_NAMES = re.compile(r"[\s_/\\|]+")

Value = str | int | Decimal | bool | date | datetime | tuple | None


@dataclass(frozen=True)
class Message:
    """The data of a file's header and name.

    Attributes:
        profile: The profile's name as in the header.
        service: The services reported, without blanks or underscores.
        territory: The territory of all records, or `multi`.
        file_number: The number of the file within the report, from 1.
        file_count: The number of files in the report.
    """

    message_id: str
    profile: str
    profile_version: str
    month: date
    created_at: datetime
    sender: Sender
    recipient: Agreement
    recipient_dpid: str
    recipient_name: str
    service: str
    territory: str
    file_number: int = 1
    file_count: int = 1

    @property
    def first_day(self) -> date:
        return self.month

    @property
    def last_day(self) -> date:
        return self.month.replace(day=monthrange(self.month.year, self.month.month)[1])

    def file_name(self, prefix: str = "DSR") -> str:
        """`DSR_<recipient>_<sender>_<service>_<period>_<territory>_<n>of<N>_<created>.tsv`."""
        pieces = (
            prefix,
            self.recipient_dpid,
            self.sender.dpid,
            _NOT_IN_NAMES.sub("-", self.service),
            f"{self.month:%Y-%m}",
            self.territory,
            f"{self.file_number}of{self.file_count}",
            f"{self.created_at:%Y%m%dT%H%M%S}",
        )
        return "_".join(pieces) + ".tsv"

    def header(self) -> tuple[Value, ...]:
        return (
            "HEAD",
            self.sender.message_version,
            self.profile,
            self.profile_version,
            self.message_id,
            self.created_at,
            self.file_number,
            self.file_count,
            self.first_day,
            self.last_day,
            self.sender.dpid,
            self.sender.name,
            self.service,
            self.recipient_dpid,
            self.recipient_name,
            None,
        )


@dataclass
class Texts:
    """Records written by DuckDB, stored until the number of files that they fill is known.

    Attributes:
        lines: The number of lines.
        blocks: The number of blocks.
        size: The number of bytes.
    """

    path: Path
    lines: int = 0
    blocks: int = 0
    size: int = 0


def set_aside(
    folder: Path, cursor: duckdb.DuckDBPyConnection, most_bytes: int | None
) -> list[Texts]:
    """Writes blocks into as many files as their size requires; no block is split.

    Args:
        folder: The folder to write to.
        cursor: One row per block: the text of its whole lines, and their number.
        most_bytes: The maximum size of a file; if left out, all blocks are in one file. A larger
            block has a file of its own.

    Returns:
        The files in order; one file without blocks if there are no blocks.
    """
    parts = [Texts(folder / "1")]
    file = parts[0].path.open("wb")
    try:
        while batch := cursor.fetchmany(BATCH_ROWS):
            for text, lines in batch:
                content, part = text.encode(), parts[-1]
                if most_bytes and part.blocks and part.size + len(content) > most_bytes:
                    file.close()
                    part = Texts(folder / str(len(parts) + 1))
                    parts.append(part)
                    file = part.path.open("wb")
                file.write(content)
                part.size += len(content)
                part.lines += lines
                part.blocks += 1
    finally:
        file.close()
    return parts


class RecordWriter:
    """Writes records as lines, each record type after a heading of its own, and counts them."""

    def __init__(self, path: Path, cells: dict[str, tuple[Cell, ...]] | None = None) -> None:
        self.lines = 0
        self.records: dict[str, int] = {}
        self._cells = cells or RECORDS
        self._file = path.open("w", encoding="utf-8", newline="\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        reason: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def comment(self, text: str) -> None:
        self._line(f"# {cell_text(text)}")

    def headings(self, *record_types: str) -> None:
        """Writes one heading line per record type; readers skip it, and the footer counts it."""
        for record_type in record_types:
            names = DELIMITER.join(cell.name for cell in self._cells[record_type])
            self._line(f"#{names}")

    def record(self, cells: Iterable[Value]) -> None:
        texts = [cell_text(value) for value in cells]
        self.records[texts[0]] = self.records.get(texts[0], 0) + 1
        self._line(DELIMITER.join(texts))

    def written(self, cursor: duckdb.DuckDBPyConnection) -> int:
        """Writes records whose text DuckDB has written, and returns the number of rows.

        Args:
            cursor: Rows with the text of whole lines, and their number.
        """
        rows = 0
        while batch := cursor.fetchmany(BATCH_ROWS):
            self._file.write("".join(text for text, _ in batch))
            self.lines += sum(count for _, count in batch)
            rows += len(batch)
        return rows

    def append(self, texts: "Texts") -> None:
        """Writes the records that were set aside."""
        with texts.path.open(encoding="utf-8", newline="") as file:
            shutil.copyfileobj(file, self._file, COPIED_CHARACTERS)
        self.lines += texts.lines

    def _line(self, text: str) -> None:
        self._file.write(text + "\n")
        self.lines += 1


def cell_text(value: Value) -> str:
    """A value as the text of a cell, without any delimiter of cells, values or lines."""
    match value:
        case None:
            return ""
        case str():
            return _UNSAFE.sub(" ", value).strip()
        case bool():
            return "true" if value else "false"
        case datetime():
            return f"{value.replace(tzinfo=UTC).isoformat(timespec='seconds')[:19]}Z"
        case date():
            return value.isoformat()
        case Decimal():
            return exact_text(value)
        case tuple():
            return PART_DELIMITER.join(cell_text(part) for part in value)
    return str(value)
