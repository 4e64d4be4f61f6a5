"""Files of tab-separated records: what they are called, and how records become lines.

DDEX's Part 1 gives the rules. Escapes are legal there, but readers differ over them, so that no
delimiter is ever let into a value.
"""

import re
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
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029|\\\s]+")
_NOT_IN_NAMES = re.compile(r"[\s_/\\|]+")

Value = str | int | Decimal | bool | date | datetime | tuple | None


@dataclass(frozen=True)
class Message:
    """What the header and the name of a file say.

    Attributes:
        profile: The profile's name as in the header.
        service: The services reported, without a blank or an underscore.
        territory: The territory of all records, or `multi`.
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

    @property
    def first_day(self) -> date:
        return self.month

    @property
    def last_day(self) -> date:
        return self.month.replace(day=monthrange(self.month.year, self.month.month)[1])

    def file_name(self, prefix: str = "DSR") -> str:
        """`DSR_<recipient>_<sender>_<service>_<period>_<territory>_1of1_<created>.tsv`."""
        pieces = (
            prefix,
            self.recipient_dpid,
            self.sender.dpid,
            _NOT_IN_NAMES.sub("-", self.service),
            f"{self.month:%Y-%m}",
            self.territory,
            "1of1",
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
            1,
            1,
            self.first_day,
            self.last_day,
            self.sender.dpid,
            self.sender.name,
            self.service,
            self.recipient_dpid,
            self.recipient_name,
            None,
        )


class RecordWriter:
    """Writes records as lines, each kind under a heading of its own, and counts them."""

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
        """One heading line per record type, which readers skip and the footer counts."""
        for record_type in record_types:
            names = DELIMITER.join(cell.name for cell in self._cells[record_type])
            self._line(f"#{names}")

    def record(self, cells: Iterable[Value]) -> None:
        texts = [cell_text(value) for value in cells]
        self.records[texts[0]] = self.records.get(texts[0], 0) + 1
        self._line(DELIMITER.join(texts))

    def written(self, cursor: duckdb.DuckDBPyConnection) -> int:
        """Takes records that the engine has written, and says how many rows there were.

        Args:
            cursor: Rows of a text of whole lines and of their count.
        """
        rows = 0
        while batch := cursor.fetchmany(BATCH_ROWS):
            self._file.write("".join(text for text, _ in batch))
            self.lines += sum(count for _, count in batch)
            rows += len(batch)
        return rows

    def _line(self, text: str) -> None:
        self._file.write(text + "\n")
        self.lines += 1


def cell_text(value: Value) -> str:
    """A value as the text of a cell; nothing that divides cells, values or lines is in it."""
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
