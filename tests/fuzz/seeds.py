"""Valid small files of every feed in every form that it may come in; mutations start from them."""

import gzip
import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from linernotes.ingestion.contracts import Contract
from linernotes.ingestion.feeds import CONTRACTS, ECB, ERN
from sampleservice import write_sample

SCALE, ROWS = 0.001, 6


@dataclass(frozen=True)
class Seed:
    """A valid file.

    Attributes:
        rows: Its rows, for mutations of structure; none of a message.
    """

    feed: str
    ending: str
    content: bytes
    rows: tuple[dict[str, Any], ...] = ()


@cache
def seeds() -> list[Seed]:
    """One file per feed and form, by feed and form."""
    found = []
    with TemporaryDirectory(prefix="fuzz-") as folder:
        landing = Path(folder) / "landing"
        write_sample(landing, SCALE, None, 1, 1)
        for feed, contract in sorted(CONTRACTS.items()):
            rows = _rows(landing / feed, contract)
            forms = [one for one in (".csv", ".jsonl", ".parquet") if one in contract.FORMS]
            for form in forms:
                content = written(rows, form)
                found.append(Seed(feed, form, content, tuple(rows)))
                if form != ".parquet":
                    found.append(Seed(feed, f"{form}.gz", packed(content), tuple(rows)))
        days = next((landing / ECB).iterdir()).read_bytes().splitlines(keepends=True)
        found.append(Seed(ECB, ".csv", b"".join(days[:ROWS])))
        for path in sorted((landing / ERN).glob("*.xml")):
            found.append(Seed(ERN, ".xml", path.read_bytes()))
            found.append(Seed(ERN, ".xml.gz", packed(path.read_bytes())))
    return found


def written(rows: list[dict[str, Any]], form: str) -> bytes:
    """Rows in one of the forms."""
    if form == ".jsonl":
        lines = (json.dumps(row, default=_text, ensure_ascii=False) for row in rows)
        return "".join(line + "\n" for line in lines).encode("utf-8", "surrogatepass")
    if form == ".csv":
        names = list(dict.fromkeys(name for row in rows for name in row))
        lines = [names, *([_cell(row.get(name)) for name in names] for row in rows)]
        text = "".join(",".join(map(_quoted, line)) + "\n" for line in lines)
        return text.encode("utf-8", "surrogatepass")
    sink = io.BytesIO()
    pl.DataFrame(rows, infer_schema_length=None, strict=False).write_parquet(sink)
    return sink.getvalue()


def packed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def _rows(folder: Path, contract: type[Contract]) -> list[dict[str, Any]]:
    for path in sorted(folder.iterdir()):
        content = path.read_bytes()
        content = gzip.decompress(content) if path.suffix == ".gz" else content
        if path.suffix == ".parquet":
            rows = pl.read_parquet(io.BytesIO(content)).rows(named=True)
        elif ".jsonl" in path.name:
            rows = [json.loads(line) for line in content.splitlines()]
        else:
            texts = pl.read_csv(io.BytesIO(content), infer_schema=False).rows(named=True)
            kinds = {name: traits.kind for name, traits in contract.traits().items()}
            rows = [
                {name: _given(text, kinds.get(name)) for name, text in row.items()} for row in texts
            ]
        if rows:
            return [dict(row) for row in rows[:ROWS]]
    raise AssertionError(f"the sample has no rows of {folder}")


def _given(text: str | None, kind: str | None) -> Any:
    return text.split("|") if text and kind == "list" else text


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "|".join(value)
    return json.dumps(value, default=_text) if isinstance(value, list | dict) else _text(value)


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if set(text) & set(',"\r\n') else text
