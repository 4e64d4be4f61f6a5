"""Opens the lake of a home, and holds its lock while one process writes into it.

`lake` reads and writes the tables.
"""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from deltalake.exceptions import DeltaError

from linernotes.base import durable, locks
from linernotes.base.settings import Settings
from linernotes.ingestion.errors import BusyIntake, OlderLake
from linernotes.ingestion.integrity import Damage, damage_of, require_whole
from linernotes.ingestion.lake import Lake

_LOCK = ".lock"


def open_lake(settings: Settings, lake: Lake | None = None) -> Lake:
    """The lake of a home, whose tables have every column of this release.

    Args:
        settings: The home.
        lake: Its lake, if it is open already; it is then reused.

    Raises:
        OlderLake: if the home is of version 0.1, which `linernotes upgrade` backs up first.
        BusyIntake: if columns are missing, and another process is loading.
        DamagedLake: if a table cannot be read.
    """
    lake = lake or Lake(settings.lake_root, settings.quarantine_root)
    try:
        is_older = bool(lake.lacking_columns())
    except DeltaError:
        require_whole(lake)
        raise
    if is_older:
        # A home of 0.1 has no such file.
        if not settings.home_file.exists():
            raise OlderLake(
                f"The home {settings.home} is of version 0.1, and its lake lacks columns. Upgrade "
                "it, after a backup that the command makes by itself: linernotes upgrade"
            )
        with alone(lake.root):
            lake.add_new_columns()
    return lake


def lake_damage(settings: Settings, lake: Lake | None = None) -> Damage:
    """The damage of a home's lake; none if there is no lake yet."""
    return damage_of(lake or Lake(settings.lake_root, settings.quarantine_root))


@contextmanager
def alone(root: Path) -> Generator[None]:
    """Holds the lock of a lake: only one process at a time writes into it.

    The lock's file contains a mark during writing. If it is found, the previous run was stopped,
    and its files are synced to disk before they are used.

    Raises:
        BusyIntake: if another process holds it.
    """
    durable.make_folder(root)
    with (root / _LOCK).open("a+b", buffering=0) as lock:
        if not locks.take(lock):
            raise BusyIntake(
                f"another load is writing to {root}; wait until it is done, then load again"
            )
        if os.fstat(lock.fileno()).st_size:
            os.sync()
        else:
            lock.write(b"writing\n")
        yield
        lock.truncate(0)
