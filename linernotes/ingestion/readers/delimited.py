"""Reads CSV (RFC 4180, any line ends): plain text fast, other text with Python's parser.

A row keeps its text as delivered. Cells stay text; lists are split at `|`.
"""

import csv
import io
import sys
from collections import Counter
from collections.abc import Callable, Iterator

import polars as pl

from linernotes.ingestion.errors import RefusedFile
from linernotes.ingestion.readers.batches import (
    LONGEST_RECORD_BYTES,
    Batch,
    BrokenRow,
    Reader,
    decode,
)
from linernotes.ingestion.values import present

# The csv module's default limit, 128 KiB a cell, is less than the contract allows.
csv.field_size_limit(sys.maxsize)

_QUOTED_CELL = r'"(?:[^"]|"")*"'
_WHOLE_LINE = rf'^(?:[^",]*|{_QUOTED_CELL})(?:,(?:[^",]*|{_QUOTED_CELL}))*$'
_BLANK_LINE = r'^\s*(?:"\s*")?\s*(?:,\s*(?:"\s*")?\s*)*$'
_NEVER_CLOSED = "a quote is opened and never closed; close it, or double the quotes inside cells"


class CsvReader(Reader):
    """Reads a CSV file, compressed or not."""

    def batches(self) -> Iterator[Batch]:
        self.blank_row_count = 0
        header: list[str] = []
        row_number = 1
        carried = ""
        for piece, is_last in self.pieces():
            text = carried + decode(piece)
            if not is_last and not text.strip("\r\n"):
                continue
            if not header:
                header, text = self._take_header(text, is_last)
                if not header:
                    carried = text
                    continue
            batch, carried = self._read(text, header, row_number, is_last)
            if len(carried) > LONGEST_RECORD_BYTES:
                raise RefusedFile(_NEVER_CLOSED)
            row_number += batch.row_count
            if batch.row_count or (is_last and row_number == 1):
                yield batch

    def where_names_are(self, has_some: bool) -> str:
        if has_some:
            return "Column names are fixed, and the first line has them"
        return "The file is empty; its first line has the names of the columns"

    def _take_header(self, text: str, is_last: bool) -> tuple[list[str], str]:
        records = _Records(text)
        try:
            header = next((cells for cells in records if cells), [])
        except csv.Error as error:
            if records.is_open and not is_last:
                return [], text
            raise RefusedFile(f"the header is not CSV ({error}); send the file again") from error
        if not header and not is_last:
            return [], text
        self.header_text = records.consumed.strip("\r\n")
        self.hold_columns(header)
        given = Counter(header)
        twice = sorted(name for name in self.columns if given[name] > 1)
        if twice:
            raise RefusedFile(
                f"the header names a column twice: {', '.join(twice)}. Name each column once"
            )
        self.require(header)
        self.ignore(header)
        return header, records.remainder

    def _read(
        self, text: str, header: list[str], row_number: int, is_last: bool
    ) -> tuple[Batch, str]:
        if "\r" not in text or text.count("\r") == text.count("\r\n"):
            batch = self._read_uniform(text, header, row_number)
            batch = batch or self._read_plain(text, header, row_number)
            if batch is not None:
                return batch, ""
        return self._read_by_the_book(text, header, row_number, is_last)

    def _read_uniform(self, text: str, header: list[str], row_number: int) -> Batch | None:
        """Read text without quotes, blank lines and ragged rows; None for other text.

        The total of commas is checked first: a short row implies a long one, and polars raises.
        """
        data = b"" if '"' in text else text.encode().replace(b"\r\n", b"\n")
        row_count = data.count(b"\n") + (not data.endswith(b"\n"))
        if not data or data.startswith(b"\n") or b"\n\n" in data:
            return None
        # A row of separators starts with one, or with a blank.
        if data[:1] in b", \t" or b"\n," in data or b"\n " in data or b"\n\t" in data:
            lines = _lines(text)
            if lines.str.contains(_BLANK_LINE).any():
                return None
        if data.count(b",") != row_count * (len(header) - 1):
            return None
        try:
            cells = pl.read_csv(data, has_header=False, infer_schema=False, quote_char=None)
        except pl.exceptions.PolarsError:
            return None
        if cells.shape != (row_count, len(header)):
            return None
        names = dict(zip(cells.columns, header, strict=True))
        names = {given: name for given, name in names.items() if name in self.columns}
        cells = cells.select(*names).rename(names)
        return self._batch(cells, _numbers(row_number, row_count), lambda: _lines(text), [])

    def _read_plain(self, text: str, header: list[str], row_number: int) -> Batch | None:
        """Read text in which each line is a whole row; None for other text."""
        lines = _lines(text)
        is_blank = lines.str.contains(_BLANK_LINE)
        if is_blank.any():
            lines = lines.filter(~is_blank)
        commas = lines.str.count_matches(",", literal=True)
        if '"' in text:
            has_quote = lines.str.contains('"', literal=True)
            quoted = lines.filter(has_quote)
            if not quoted.str.contains(_WHOLE_LINE).all():
                return None
            outside = quoted.str.replace_all(_QUOTED_CELL, "").str.count_matches(",", literal=True)
            commas = commas.scatter(has_quote.arg_true(), outside)
        numbers = _numbers(row_number, lines.len())
        is_whole = commas == len(header) - 1
        whole = lines.filter(is_whole)
        cells = _parse(whole, header, self.columns)
        if cells.height != whole.len():
            return None
        self.blank_row_count += int(is_blank.sum())
        broken = [
            _ragged(number, line, count + 1, len(header))
            for number, line, count in zip(
                numbers.filter(~is_whole),
                lines.filter(~is_whole),
                commas.filter(~is_whole),
                strict=True,
            )
        ]
        return self._batch(cells, numbers.filter(is_whole), lambda: whole, broken)

    def _read_by_the_book(
        self, text: str, header: list[str], row_number: int, is_last: bool
    ) -> tuple[Batch, str]:
        records = _Records(text)
        rows: list[list[str]] = []
        numbers: list[int] = []
        originals: list[str] = []
        broken: list[BrokenRow] = []
        carried = ""
        while True:
            try:
                cells = next(records)
            except StopIteration:
                break
            except csv.Error as error:
                if records.is_open:
                    if is_last:
                        raise RefusedFile(_NEVER_CLOSED) from error
                    carried = records.consumed
                    break
                broken.append(
                    BrokenRow(
                        row_number,
                        records.consumed.strip("\r\n"),
                        "malformed_csv",
                        f"the row is not CSV ({error}); double the quotes inside a quoted cell",
                    )
                )
                row_number += 1
                continue
            if not cells:
                continue
            if not any(map(str.strip, cells)):
                self.blank_row_count += 1
                continue
            original = records.consumed.strip("\r\n")
            if len(cells) == len(header):
                rows.append(cells)
                numbers.append(row_number)
                originals.append(original)
            else:
                broken.append(_ragged(row_number, original, len(cells), len(header)))
            row_number += 1
        wanted = {name: position for position, name in enumerate(header) if name in self.columns}
        frame = pl.DataFrame(
            {name: [row[position] for row in rows] for name, position in wanted.items()},
            schema=dict.fromkeys(wanted, pl.String),
        )
        texts = pl.Series("line", originals, dtype=pl.String)
        counted = pl.Series(numbers, dtype=pl.Int64)
        return self._batch(frame, counted, lambda: texts, broken), carried

    def _batch(
        self,
        cells: pl.DataFrame,
        numbers: pl.Series,
        originals: Callable[[], pl.Series],
        broken: list[BrokenRow],
    ) -> Batch:
        lists = [
            present(cells[name]).str.split("|")
            for name in cells.columns
            if name in self.list_columns
        ]
        rows = cells.with_columns(*lists, numbers.alias("row_number"))
        return Batch(rows, originals, broken)


class _Records:
    """The records of a text, and after each one the part of the text that it came from."""

    def __init__(self, text: str) -> None:
        self._lines = io.StringIO(text, newline="")
        self._taken: list[str] = []
        self._is_at_end = False
        self._reader = csv.reader(self._numbered(), strict=True)

    def _numbered(self) -> Iterator[str]:
        for line in self._lines:
            self._taken.append(line)
            yield line
        self._is_at_end = True

    def __iter__(self) -> "_Records":
        return self

    def __next__(self) -> list[str]:
        self._taken.clear()
        return next(self._reader)

    @property
    def is_open(self) -> bool:
        """Whether the text ended inside quotes."""
        return self._is_at_end

    @property
    def consumed(self) -> str:
        return "".join(self._taken)

    @property
    def remainder(self) -> str:
        return self._lines.read()


def _lines(text: str) -> pl.Series:
    """The lines of a text that are not empty, without their line ends."""
    lines = pl.Series("line", [text]).str.split("\n").explode().str.strip_suffix("\r")
    return lines.filter(lines.str.len_bytes() > 0)


def _numbers(first: int, count: int) -> pl.Series:
    return pl.int_range(first, first + count, eager=True, dtype=pl.Int64)


def _parse(lines: pl.Series, header: list[str], columns: list[str]) -> pl.DataFrame:
    wanted = [position for position, name in enumerate(header) if name in columns]
    names = [header[position] for position in wanted]
    if lines.is_empty():
        return pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    cells = pl.read_csv(
        lines.str.join("\n")[0].encode(),
        has_header=False,
        columns=wanted,
        infer_schema=False,
    )
    return cells.rename(dict(zip(cells.columns, names, strict=True)))


def _ragged(row_number: int, line: str, cells: int, expected: int) -> BrokenRow:
    return BrokenRow(
        row_number,
        line,
        "ragged_row",
        f"the row has {cells} cells, the header {expected}; quote cells that hold commas",
    )
