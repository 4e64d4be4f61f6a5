"""Reads JSON Lines: one object a line; numbers keep their text as sent.

A repeated key breaks its row, because parsers differ in which of the two values they take.
"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import polars as pl

from linernotes.ingestion.errors import RefusedFile
from linernotes.ingestion.limits import is_nested_over, nesting_advice
from linernotes.ingestion.readers.batches import Batch, BrokenRow, Reader, decode

_SCALARS = (str, type(None))


class JsonLinesReader(Reader):
    """Reads a file of JSON objects, compressed or not."""

    def batches(self) -> Iterator[Batch]:
        row_number = 1
        seen: set[str] = set()
        for piece, is_last in self.pieces():
            batch = self._read(decode(piece), row_number, seen)
            self.hold_columns(seen)
            row_number += batch.row_count
            if is_last:
                self.require(seen)
                self.ignore(seen)
            if batch.row_count:
                yield batch

    def where_names_are(self, has_some: bool) -> str:
        if has_some:
            return "Column names are fixed, and each line is one object with them as keys"
        return "No line is a JSON object; write one object a line, without brackets around them"

    def _read(self, text: str, row_number: int, seen: set[str]) -> Batch:
        objects: list[dict[str, Any]] = []
        numbers: list[int] = []
        originals: list[str] = []
        broken: list[BrokenRow] = []
        # JSON escapes line ends inside texts, so every line end in the file ends a row.
        for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
            if not line or line.isspace():
                continue
            try:
                if is_nested_over(self.limits, line):
                    raise ValueError(nesting_advice(self.limits))
                row = self.contract.laid_out(_parse(line))
                seen.update(row)
                objects.append(row)
                numbers.append(row_number)
                originals.append(line)
            except _KeyTwice as error:
                seen.update(error.keys)
                broken.append(
                    BrokenRow(
                        row_number,
                        line,
                        "key_given_twice",
                        f"the key {error.key!r} is given twice; give each key once",
                    )
                )
            except (ValueError, RecursionError) as error:
                broken.append(
                    BrokenRow(
                        row_number, line, "not_json", f"the line is not a JSON object ({error})"
                    )
                )
            row_number += 1
        return self._batch(objects, numbers, originals, broken)

    def _batch(
        self,
        objects: list[dict[str, Any]],
        numbers: list[int],
        originals: list[str],
        broken: list[BrokenRow],
    ) -> Batch:
        broken_cells: dict[str, list[int]] = {}
        columns: dict[str, pl.Series] = {}
        for name in self.columns:
            values = [row.get(name) for row in objects]
            if name in self.list_columns:
                columns[name] = _lists(name, values, numbers, broken_cells)
            else:
                is_boolean = self.traits[name].kind == "boolean"
                columns[name] = _scalars(name, values, numbers, broken_cells, is_boolean)
        rows = pl.DataFrame(columns).with_columns(pl.Series("row_number", numbers, dtype=pl.Int64))
        texts = pl.Series("line", originals, dtype=pl.String)
        return Batch(rows, lambda: texts, broken, broken_cells)


def _scalars(
    name: str,
    values: list[Any],
    numbers: list[int],
    broken: dict[str, list[int]],
    is_boolean: bool,
) -> pl.Series:
    if not set(map(type, values)) <= set(_SCALARS):
        for position, value in enumerate(values):
            if isinstance(value, _SCALARS):
                continue
            if isinstance(value, bool) and is_boolean:
                values[position] = str(value).lower()
            else:
                broken.setdefault(name, []).append(numbers[position])
                values[position] = None
    return pl.Series(name, values, dtype=pl.String)


def _lists(
    name: str, values: list[Any], numbers: list[int], broken: dict[str, list[int]]
) -> pl.Series:
    for position, value in enumerate(values):
        if value is None or (isinstance(value, str) and not value.strip()):
            values[position] = None
        elif not isinstance(value, list) or not set(map(type, value)) <= set(_SCALARS):
            broken.setdefault(name, []).append(numbers[position])
            values[position] = None
    return pl.Series(name, values, dtype=pl.List(pl.String))


class _KeyTwice(ValueError):
    def __init__(self, key: str, keys: list[str]) -> None:
        super().__init__(key)
        self.key = key
        self.keys = keys


def _parse(line: str) -> dict[str, Any]:
    row = _EXACT.decode(line)
    if not isinstance(row, dict):
        raise ValueError("it holds something else")
    # Without a blank after a quote, and with as many `":` as keys, no key can be repeated. Other
    # lines are decoded again, more slowly, to check.
    if line.count('":') != len(row) or '" ' in line or '"\t' in line:
        try:
            _ONCE.decode(line)
        except _KeyTwice as error:
            raise _KeyTwice(error.key, list(row)) from None
    if "\\u" in line:
        _refuse_nul(line)
        try:
            json.dumps(row, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise ValueError("half of a surrogate pair is alone") from error
    return row


def _once(pairs: list[tuple[str, Any]]) -> None:
    keys = [key for key, _ in pairs]
    if len(set(keys)) < len(keys):
        counts = Counter(keys)
        raise _KeyTwice(next(key for key in keys if counts[key] > 1), keys)


# Created once: creating a decoder takes longer than reading a line with it.
_EXACT = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
_ONCE = json.JSONDecoder(object_pairs_hook=_once)


def _refuse_nul(line: str) -> None:
    # After an odd number of backslashes this one is itself escaped, and the rest is plain text.
    position = line.find("\\u0000")
    while position >= 0:
        before = line[:position]
        if (len(before) - len(before.rstrip("\\"))) % 2 == 0:
            raise RefusedFile("a text holds NUL (\\u0000); send it without")
        position = line.find("\\u0000", position + 1)
