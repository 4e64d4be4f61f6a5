"""What becomes of a valid file: bytes, structure, types, values and names are changed by chance.

The same number gives the same file.
"""

import copy
import gzip
import io
import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import polars as pl

from tests.fuzz.seeds import packed, seeds, written

NASTY_TEXTS = (
    "",
    " ",
    "\x00",
    "\x07\x1b[31m",
    "\u202e\u2066",
    "\ud800",
    "\ufeff",
    "'; drop table x; --",
    "=1+1",
    "{}",
    "[]",
    '["a", null]',
    "null",
    "NaN",
    "Infinity",
    "-0",
    "1e400",
    "1E-400",
    "9" * 40,
    "0." + "3" * 60,
    "1,5",
    "１２",
    "true",
    "2026-13-45",
    "0000-00-00",
    "9999-12-31T23:59:60Z",
    "2026-01-01T00:00:00+99:99",
    "-292277-01-01T00:00:00Z",
    "../../etc/passwd",
    "%s%n{0}{{}}",
    "é" * 300,
    "x" * 100_000,
    "\r\n",
    '"',
    '"a,b\n',
)
NASTY_VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    2**31,
    2**63 - 1,
    2**63,
    -(2**64),
    10**40,
    0.1,
    -0.0,
    1e308,
    float("inf"),
    float("nan"),
    [],
    [None],
    ["a", ""],
    [["a"]],
    {},
    {"a": {"b": [1, "x", None]}},
    "text",
)
NASTY_NAMES = (
    "",
    "recorded_at ",
    "RECORDED_AT",
    "row_number",
    "delivery_id",
    "is_withdrawn",
    "select",
    'a"b',
    "a'b",
    "a\nb",
    "é",
    "x" * 5000,
    "__index__",
)
XML_PIECES = (
    '<!DOCTYPE x [<!ENTITY a "b">]>',
    '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    "<?xml-stylesheet href='x'?>",
    "<!-- -->",
    "<![CDATA[x]]>",
    "&a;",
    "&#0;",
    "<x>" * 3000,
    "</x>",
    " xmlns:y='z'",
    "<y:z/>",
)
MOST_COLUMNS, DEPTH = 300, 3000
# The time and memory that polars takes for a type grow much faster than its depth: 400 levels in
# six rows took 1 GB and more than half a minute.
DEEPEST_TYPE = 64
# Of a mutant that is not a bomb by intent.
MOST_BYTES = 64 << 20


@dataclass(frozen=True)
class Mutant:
    """A file for the landing zone, and perhaps a manifest beside it.

    Attributes:
        laid_as: `file`, `pipe` or `link`: what stands under its name.
    """

    number: int
    feed: str
    name: str
    content: bytes
    manifest: bytes | None
    reported: str
    laid_as: str = "file"


def mutant(number: int, seed: int) -> Mutant:
    """The file of a number."""
    chance = random.Random(f"{seed} {number}")
    origins = seeds()
    origin = origins[number % len(origins)]
    content, ending, reported = origin.content, origin.ending, []
    if origin.rows and chance.random() < 0.6:
        rows = copy.deepcopy(list(origin.rows))
        for _ in range(chance.randint(1, 3)):
            change = chance.choice(OFTEN)
            ROW_CHANGES[change](rows, chance)
            reported.append(change)
        content = _written(rows, ending, chance, reported)
    if not reported or chance.random() < 0.3:
        for _ in range(chance.randint(1, 3)):
            content = _bytes_changed(content, ending, chance, reported)
    if chance.random() < 0.05:
        ending = chance.choice([".csv", ".jsonl", ".parquet", ".csv.gz", ".CSV", ".xml", ""])
        reported.append(f"called {ending}")
    stem = f"{number:06d}"
    if chance.random() < 0.05:
        stem += chance.choice(
            ["é", " a b", "'q'", "%20", "-" * 150, ";", "\u202e", "a\nb", "[x]*?"]
        )
    manifest = None
    if chance.random() < 0.1:
        manifest = chance.choice(MANIFESTS)(chance)
        reported.append("manifest")
    laid_as = "file"
    if chance.random() < 0.02:
        laid_as = chance.choice(["pipe", "link"])
        reported.append(laid_as)
    elif chance.random() < 0.01:
        content, ending = BOMBS[chance.choice(list(BOMBS))](reported)
    described = f"{origin.feed}{origin.ending}: {', '.join(reported)}"
    return Mutant(number, origin.feed, stem + ending, content, manifest, described, laid_as)


def _wide(reported: list[str]) -> tuple[bytes, str]:
    reported.append("100,000 columns")
    names = ",".join(f"c{number}" for number in range(100_000))
    return f"{names}\n{',' * 99_999}\n".encode(), ".csv"


def _wide_rows(reported: list[str]) -> tuple[bytes, str]:
    reported.append("100,000 keys")
    return json.dumps({f"c{number}": number for number in range(100_000)}).encode(), ".jsonl"


def _packed_zeros(reported: list[str]) -> tuple[bytes, str]:
    reported.append("a bomb of one line")
    return _bomb(b"0" * (1 << 20), 300), ".csv.gz"


def _packed_lines(reported: list[str]) -> tuple[bytes, str]:
    reported.append("a bomb of many lines")
    return _bomb(b"{}\n" * (1 << 18), 300), ".jsonl.gz"


def _packed_elements(reported: list[str]) -> tuple[bytes, str]:
    reported.append("a bomb of elements")
    return _bomb(b"<a></a>" * (1 << 17), 400), ".xml.gz"


@cache
def _bomb(piece: bytes, times: int) -> bytes:
    sink = io.BytesIO()
    with gzip.GzipFile(fileobj=sink, mode="wb", compresslevel=1, mtime=0) as packing:
        for _ in range(times):
            packing.write(piece)
    return sink.getvalue()


# Small files that are large once they are read.
BOMBS: dict[str, Callable[[list[str]], tuple[bytes, str]]] = {
    "wide": _wide,
    "wide rows": _wide_rows,
    "zeros": _packed_zeros,
    "lines": _packed_lines,
    "elements": _packed_elements,
}


def _written(
    rows: list[dict[str, Any]], ending: str, chance: random.Random, reported: list[str]
) -> bytes:
    form = ending.removesuffix(".gz")
    try:
        if form == ".parquet" and max(map(_depth, rows)) > DEEPEST_TYPE:
            raise ValueError("too deep for a type")
        content = _typed(rows, chance, reported) if form == ".parquet" else written(rows, form)
    except Exception:  # not every value can stand in every form
        reported.append("as texts")
        texts = [{str(name): str(value) for name, value in row.items()} for row in rows]
        content = written(texts, ".jsonl" if form == ".parquet" else form)
    return packed(content) if ending.endswith(".gz") else content


def _depth(value: Any) -> int:
    """How many levels of lists and objects a value has."""
    if not isinstance(value, dict | list):
        return 0
    inner = value.values() if isinstance(value, dict) else value
    return 1 + max(map(_depth, inner), default=0)


def _typed(rows: list[dict[str, Any]], chance: random.Random, reported: list[str]) -> bytes:
    """Parquet whose columns have types that nobody asked for."""
    frame = pl.DataFrame(rows, infer_schema_length=None, strict=False)
    for name in chance.sample(frame.columns, min(2, frame.width)):
        reported.append("other type")
        column = chance.choice(
            [
                pl.col(name).cast(pl.Float32, strict=False),
                pl.col(name).cast(pl.Int8, strict=False),
                pl.col(name).cast(pl.String, strict=False).cast(pl.Categorical),
                pl.col(name).cast(pl.String, strict=False).cast(pl.Binary),
                pl.lit(None).alias(name),
                pl.lit(None, pl.Null).alias(name),
                pl.struct(pl.col(name).alias("a")).alias(name),
                pl.concat_list(pl.col(name), pl.col(name)).alias(name),
                pl.lit(Decimal("1.5")).cast(pl.Decimal(38, 20)).alias(name),
                pl.lit(datetime(2026, 1, 1, tzinfo=UTC)).alias(name),
                pl.lit(datetime(9999, 12, 31)).cast(pl.Datetime("ms")).alias(name),
                pl.lit(timedelta(days=1)).alias(name),
                pl.lit(datetime(2026, 1, 1).time()).alias(name),
            ]
        )
        frame = frame.with_columns(column)
    # A copy of a long text costs the writer its whole length, if not the file.
    copies = min(2000, MOST_BYTES // max(1, sum(len(repr(row)) for row in rows)))
    if chance.random() < 0.1 and copies > 1:
        reported.append("many rows")
        frame = pl.concat([frame] * copies)
    sink = io.BytesIO()
    frame.write_parquet(sink, compression=chance.choice(["zstd", "snappy", "uncompressed"]))
    return sink.getvalue()


def set_text(rows: list[dict[str, Any]], chance: random.Random) -> None:
    row = chance.choice(rows)
    row[chance.choice(list(row))] = chance.choice(NASTY_TEXTS)


def set_value(rows: list[dict[str, Any]], chance: random.Random) -> None:
    row = chance.choice(rows)
    row[chance.choice(list(row))] = chance.choice(NASTY_VALUES)


def set_column(rows: list[dict[str, Any]], chance: random.Random) -> None:
    name, value = chance.choice(list(rows[0])), chance.choice([*NASTY_TEXTS, *NASTY_VALUES])
    for row in rows:
        row[name] = copy.deepcopy(value)


def drop_column(rows: list[dict[str, Any]], chance: random.Random) -> None:
    name = chance.choice(list(rows[0]))
    for row in rows:
        if len(row) > 1:
            row.pop(name, None)


def rename_column(rows: list[dict[str, Any]], chance: random.Random) -> None:
    name, other = chance.choice(list(rows[0])), chance.choice(NASTY_NAMES)
    for row in rows:
        if name in row:
            row[other] = row.pop(name)


def add_columns(rows: list[dict[str, Any]], chance: random.Random) -> None:
    count = chance.choice([1, 3, MOST_COLUMNS])
    for row in rows:
        row |= {f"extra_{number}": chance.choice(NASTY_TEXTS[:12]) for number in range(count)}


def repeat_row(rows: list[dict[str, Any]], chance: random.Random) -> None:
    rows += [dict(chance.choice(rows)) for _ in range(chance.choice([1, 5, 300]))]


def repeat_row_changed(rows: list[dict[str, Any]], chance: random.Random) -> None:
    row = dict(chance.choice(rows))
    row[chance.choice(list(row))] = "changed"
    rows.append(row)


def drop_cells(rows: list[dict[str, Any]], chance: random.Random) -> None:
    for row in rows:
        if len(row) > 1 and chance.random() < 0.5:
            row.pop(chance.choice(list(row)))


def nest(rows: list[dict[str, Any]], chance: random.Random) -> None:
    value: Any = "x"
    for _ in range(chance.choice([2, 50, 400])):
        value = [value] if chance.random() < 0.5 else {"a": value}
    row = chance.choice(rows)
    row[chance.choice(list(row))] = value


def swap_cells(rows: list[dict[str, Any]], chance: random.Random) -> None:
    row = chance.choice(rows)
    one, other = chance.choice(list(row)), chance.choice(list(row))
    row[one], row[other] = row[other], row[one]


ROW_CHANGES: dict[str, Callable[[list[dict[str, Any]], random.Random], None]] = {
    "text": set_text,
    "value": set_value,
    "column": set_column,
    "column dropped": drop_column,
    "column renamed": rename_column,
    "columns added": add_columns,
    "row repeated": repeat_row,
    "row repeated and changed": repeat_row_changed,
    "cells dropped": drop_cells,
    "nested": nest,
    "cells swapped": swap_cells,
}
# The values are where most rules are.
OFTEN = [*ROW_CHANGES, "text", "value"]


def _bytes_changed(
    content: bytes, ending: str, chance: random.Random, reported: list[str]
) -> bytes:
    length = max(len(content), 1)
    one, other = sorted(chance.randrange(length) for _ in range(2))
    choices: dict[str, Callable[[], bytes]] = {
        "flip": lambda: _flipped(content, chance),
        "cut out": lambda: content[:one] + content[min(other, one + 200) :],
        "cut short": lambda: content[:one],
        "from the middle": lambda: content[one:],
        "doubled piece": lambda: content[:other] + content[one:],
        "noise": lambda: (
            content[:one] + chance.randbytes(chance.choice([1, 8, 500])) + content[one:]
        ),
        "zeros": lambda: content[:one] + bytes(chance.choice([1, 100])) + content[one:],
        "two files": lambda: content + chance.choice(seeds()).content,
        "nothing": lambda: b"",
        "only a mark": lambda: chance.choice(
            [b"\xef\xbb\xbf", b"\xff\xfe", b"\n", b"PAR1", b"\x1f\x8b"]
        ),
        "packed": lambda: packed(content),
        "line ends": lambda: content.replace(b"\n", chance.choice([b"\r", b"\r\n", b"\n\n", b""])),
        "quotes": lambda: content[:one] + b'"' + content[one:],
        "separators": lambda: content.replace(b",", chance.choice([b";", b"\t", b",,"])),
        "utf-16": lambda: content.decode("utf-8", "replace").encode("utf-16"),
        "deep": lambda: content + b"[" * DEPTH + b"]" * DEPTH + b"\n",
        "deep object": lambda: content + b'{"a":' * DEPTH + b"1" + b"}" * DEPTH + b"\n",
    }
    if ending.startswith(".xml"):
        text = content.decode("utf-8", "replace")
        tags = sorted(set(re.findall(r"<(\w+)[ >]", text))) or ["x"]
        tag = chance.choice(tags)
        choices |= {
            "xml piece": lambda: (text[:one] + chance.choice(XML_PIECES) + text[one:]).encode(
                "utf-8", "replace"
            ),
            "tag renamed": lambda: text.replace(f"<{tag}>", "<Other>", 1).encode(),
            "tag removed": lambda: re.sub(
                rf"<{tag}[ >].*?</{tag}>", "", text, count=chance.choice([0, 1]), flags=re.S
            ).encode(),
            "tag doubled": lambda: re.sub(
                rf"<{tag}[ >].*?</{tag}>", lambda m: m[0] * 2, text, count=1, flags=re.S
            ).encode(),
            "text changed": lambda: re.sub(
                r">[^<]+<", lambda m: f">{chance.choice(NASTY_TEXTS[9:30])}<", text, count=1
            ).encode("utf-8", "replace"),
            "encoding": lambda: text.replace(
                "UTF-8", chance.choice(["UTF-16", "latin1", "utf-7", "x"]), 1
            ).encode(),
        }
    name = chance.choice(list(choices))
    reported.append(name)
    return choices[name]()


def _flipped(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice([1, 2, 10]) if changed else 0):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


MANIFESTS: tuple[Callable[[random.Random], bytes], ...] = (
    lambda chance: b"",
    lambda chance: b"{",
    lambda chance: b"[]",
    lambda chance: b"\xff\xfe\x00",
    lambda chance: b"[" * DEPTH + b"]" * DEPTH,
    lambda chance: b'{"a":' * DEPTH + b"1" + b"}" * DEPTH,
    lambda chance: json.dumps({"rows": chance.choice(NASTY_VALUES)}).encode(),
    lambda chance: json.dumps({"sha256": chance.choice(NASTY_TEXTS)}).encode("utf-8", "replace"),
    lambda chance: b'{"rows": ' + b"9" * 5000 + b"}",
)
