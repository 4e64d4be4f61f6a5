"""Repairs the damage that a power cut can cause in a lake, and reports what was done.

It deletes nothing: unreadable files are moved aside. A delivery that the lake lost is removed from
the register, so that the next load loads its file again.
"""

import json
from pathlib import Path

import polars as pl
from deltalake.exceptions import DeltaError

from linernotes.base import durable
from linernotes.base.settings import Settings
from linernotes.ingestion.errors import DamagedLake
from linernotes.ingestion.home_lake import alone
from linernotes.ingestion.integrity import lost_deliveries
from linernotes.ingestion.lake import EMPTY_FILE, LOG, Lake
from linernotes.ingestion.lake_tables import DELIVERIES

ASIDE = ".aside"


def repair(settings: Settings) -> list[str]:
    """Repair the lake of a home, and return one sentence for each action.

    Raises:
        BusyIntake: if another process is loading.
        DamagedLake: if files are lost that no load can restore.
    """
    lake = Lake(settings.lake_root, settings.quarantine_root)
    with alone(lake.root):
        done = [
            f"Removed {leftover}, which a stopped run had left."
            for leftover in lake.clear_leftovers()
        ]
        for table in lake.tables():
            if lake.path(table).is_dir():
                done += _mend_log(lake, table)
        lake.ensure_tables()
        for table in lake.tables():
            done += _mend_placeholder(lake, table)
        lake.add_new_columns()
        return done + _withdraw_lost(lake)


def _mend_log(lake: Lake, table: str) -> list[str]:
    """Restore a table to the version before its first truncated commit or checkpoint.

    `_withdraw_lost` has the rows of later commits loaded again.
    """
    folder, log = lake.path(table), lake.path(table) / LOG
    pointer = log / "_last_checkpoint"
    cut = [path for path in sorted(log.glob("*.checkpoint*.parquet")) if not _is_parquet(path)]
    if cut or (pointer.exists() and not _is_json(pointer.read_bytes())):
        cut += [pointer] if pointer.exists() else []
    done = [_put_aside(path, "is truncated; the table is read without it") for path in cut]
    commits = sorted(log.glob("*.json"))
    first_cut = _first_cut(commits, folder)
    for commit in reversed(commits[first_cut:]):
        why = "is cut" if commit == commits[first_cut] else "builds on a truncated commit"
        done.append(_put_aside(commit, f"{why}; {table} is in its state before that"))
    return done


def _first_cut(commits: list[Path], folder: Path) -> int:
    """The position of the first commit that is unreadable, or has a missing or truncated file.

    A file that a later commit removed from the table may be missing.
    """
    removed: set[str] = set()
    first = len(commits)
    for position in range(len(commits) - 1, -1, -1):
        try:
            actions = _actions(commits[position])
        except ValueError:
            actions = []
        added = [action["add"] for action in actions if "add" in action]
        is_whole = bool(actions) and all(
            one["path"] in removed or _size(folder / one["path"]) == one["size"] for one in added
        )
        if not is_whole:
            first, removed = position, set()
        removed |= {action["remove"]["path"] for action in actions if "remove" in action}
    return first


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None


def _actions(commit: Path) -> list[dict]:
    return [json.loads(line) for line in commit.read_bytes().splitlines() if line.strip()]


def _is_json(content: bytes) -> bool:
    try:
        json.loads(content)
    except ValueError:
        return False
    return True


def _is_parquet(path: Path) -> bool:
    try:
        pl.read_parquet_schema(path)
    except (OSError, pl.exceptions.PolarsError):
        return False
    return True


def _put_aside(path: Path, why: str) -> str:
    folder = path.parent / ASIDE
    durable.make_folder(folder)
    path.rename(folder / path.name)
    durable.sync(path.parent)
    return f"Moved {path} to {folder}: it {why}."


def _mend_placeholder(lake: Lake, table: str) -> list[str]:
    path = lake.path(table) / EMPTY_FILE
    if _is_parquet(path):
        return []
    lake.write_empty_file(table)
    return [f"Wrote {path} again: it was truncated, and it never holds a row."]


def _withdraw_lost(lake: Lake) -> list[str]:
    """Remove deliveries that the lake lost from the register."""
    try:
        lost = lost_deliveries(lake)
        cut = [path for table in lake.tables() for path in lake.cut_files(table)]
    except (DeltaError, OSError) as error:
        raise DamagedLake(f"The lake cannot be read ({error}). Restore it from a backup.") from None
    if cut:
        listed = ", ".join(map(str, cut[:5]))
        raise DamagedLake(
            f"{len(cut)} files of the lake are missing or truncated, such as {listed}. Restore "
            "them from "
            "a backup, or make a new home and load the landing zone into it."
        )
    if lost:
        ids = ", ".join(f"'{one.delivery_id}'" for one in lost)
        hashes = ", ".join(f"'{one.sha256}'" for one in lost)
        # Duplicates of them too: such a file, under another name, may be the only one left.
        lake.delete(
            DELIVERIES,
            f"delivery_id in ({ids}) or (state = 'duplicate' and sha256 in ({hashes}))",
        )
    return [
        f"Took {one.name} ({one.delivery_id}) out of the register: {one.table} does not have it. "
        "The next load takes the file again; if it is no longer in the landing zone, ask its "
        "sender for it."
        for one in lost
    ]
