"""What a home holds, by content: two homes that hold the same are equal here.

Ids and times that must differ from run to run are left out.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from linernotes.base.published import Publication, definitions_file
from linernotes.base.settings import Settings
from linernotes.ingestion import Lake
from linernotes.warehouse.publishing import KEPT_PUBLICATIONS

# Names that only a command that is still running may have given.
UNFINISHED = re.compile(r"unfinished|\.part$|\.new$|\.tmp|#\d+$|^\.spill|^tmp")
TIMES = ("registered_at", "quarantined_at")
# A signature is over a hash.
TIME_OR_HASH = re.compile(
    r"\d{4}-\d\d-\d\dT[\d:.]+Z?|\b[0-9a-f]{64}\b|(?<=\"bytes\": )\d+"
    r"|(?<=\"signature\": \")[^\"]+"
)


def contents(root: Path, *, is_timeless: bool = False) -> dict[str, Any]:
    """Everything that counts below a run's folder, part by part.

    A part that cannot be read says so in the place of its content.

    Args:
        root: The run's folder, with `home` and `target`.
        is_timeless: Whether the times in the ledger, and the hashes over them, are left out.
    """
    settings = Settings(home=root / "home")
    parts: dict[str, Any] = {}
    if settings.lake_root.exists():
        lake = Lake(settings.lake_root)
        for name in lake.tables():
            parts[f"lake {name}"] = _rows_once(lake, name)
    parts |= _bytes("ledger", settings.ledger_root, _without_times if is_timeless else _digest)
    parts |= _bytes("keys", settings.keys_root)
    parts |= _bytes("outbox", settings.outbox_root)
    parts |= _bytes("target", root / "target")
    parts["arrivals"] = _reported(_arrivals, settings)
    if settings.published_root.exists():
        parts["published"] = _reported(_published, settings)
    return parts


_RANDOM = re.compile(
    r"(?<=unfinished-)\w+(?=/|$)|(?<=/\.)[\w…]+(?=\.unfinished$)|(?<=\.spill-)\w+|\btmp\w+"
)


def leftovers(root: Path) -> set[str]:
    """Files that a command leaves only if it does not come to its end, with numbers left out."""
    return {
        _RANDOM.sub("…", re.sub(r"\d+", "…", str(path.relative_to(root))))
        for path in root.rglob("*")
        if UNFINISHED.search(path.name)
    }


def differences(found: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    """What parts differ, in a few words each."""
    reported = []
    for name in sorted(found.keys() | wanted.keys()):
        one, other = found.get(name), wanted.get(name)
        if one == other:
            continue
        if other is None:
            reported.append(f"{name}: there, and should not be")
        elif one is None:
            reported.append(f"{name}: not there")
        elif isinstance(one, str) and one.startswith("unreadable"):
            reported.append(f"{name}: {one}")
        elif isinstance(one, list) and isinstance(other, list):
            reported.append(f"{name}: {len(one)} rows, not {len(other)}, or others")
        else:
            reported.append(f"{name}: {str(one)[:80]}, not {str(other)[:80]}")
    return reported


# Most tables are as they were at the point before.
_known_rows: dict[tuple, Any] = {}


def _rows_once(lake: Lake, table: str) -> Any:
    root = lake.path(table)
    files = sorted(path for path in root.rglob("*") if path.is_file())
    key = table, *((str(path.relative_to(root)), path.read_bytes()) for path in files)
    if key not in _known_rows:
        _known_rows[key] = _reported(_rows, lake, table)
    return _known_rows[key]


def _reported(read: Any, *arguments: Any) -> Any:
    try:
        return read(*arguments)
    except Exception as error:
        return f"unreadable: {type(error).__name__}: {' '.join(str(error).split())[:160]}"


def _rows(lake: Lake, table: str) -> list[tuple]:
    frame = lake.read(table).collect().drop(*TIMES, strict=False)
    return sorted(frame.rows(), key=repr)


def _bytes(part: str, root: Path, read: Callable[[Path], Any] | None = None) -> dict[str, Any]:
    """A digest, or what else is read, per file that has its final name."""
    return {
        f"{part} {path.relative_to(root)}": _reported(read or _digest, path)
        for path in sorted(root.rglob("*"))
        if path.is_file()
        and path.suffix != ".lock"
        and not any(UNFINISHED.search(piece) for piece in path.relative_to(root).parts)
    }


def _digest(path: Path) -> str:
    content = path.read_bytes()
    return hashlib.sha256(content).hexdigest() if content else "empty"


def _without_times(path: Path) -> Any:
    if path.suffix == ".parquet":
        return sorted(pl.read_parquet(path).drop("issued_at", strict=False).rows(), key=repr)
    return TIME_OR_HASH.sub("…", path.read_text())


def _arrivals(settings: Settings) -> list[tuple]:
    """What is recorded as arrived: the newest word on each version of a package."""
    newest: dict[tuple, Any] = {}
    for path in _records(settings):
        stated = json.loads(path.read_text())
        files = sorted((one["name"], one["sent_sha256"]) for one in stated["files"])
        place = stated["partner_id"], stated["report_month"], stated["version"]
        newest[place] = stated["outcome"], stated["manifest_sha256"], files
    underway = settings.delivery_root / "underway"
    plans = sorted(str(path.relative_to(underway)) for path in underway.rglob("*.json"))
    return [*sorted(newest.items()), ("underway", plans)]


def _records(settings: Settings) -> Iterator[Path]:
    yield from sorted((settings.delivery_root / "records").rglob("*.json"))


def _published(settings: Settings) -> list[Any]:
    """What readers get, and what of it stands behind which name."""
    root = settings.published_root
    publication = Publication(**json.loads((root / "current.json").read_text()))
    target = root / publication.file_name
    is_linked = target.exists() and target.samefile(settings.published_file)
    kept = sorted(root.glob("linernotes-*.duckdb"))
    found: list[Any] = [
        ("known at", publication.known_at),
        ("newest is kept, and few", target in kept, len(kept) <= KEPT_PUBLICATIONS),
        ("definitions", _digest(definitions_file(target))),
        ("definitions of each", all(definitions_file(path).exists() for path in kept)),
        ("link", is_linked),
    ]
    with duckdb.connect(target, read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() order by all"
        ).fetchall()
        for schema, table in tables:
            frame = connection.sql(f'select * from "{schema}"."{table}"').pl()
            # The history tells of the disturbed runs too.
            timeless = frame.drop("finished_at", *TIMES, strict=False)
            rows = timeless.rows() if table != "runs" else []
            found.append((schema, table, sorted(rows, key=repr)))
    return found
