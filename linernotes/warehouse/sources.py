"""Links the sources of a build: one folder of Parquet files per source table.

The links lead to the files of the lake and the ledger, which the intake and the issue of statements
write.
"""

from collections.abc import Iterable
from pathlib import Path

from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.ingestion import DELIVERIES, is_table_of_feed, open_lake
from linernotes.ledger.delivery_lists import delivery_lists
from linernotes.ledger.files import RECALCULATED, empty_ledger_file, ledger_files
from linernotes.warehouse.late_deliveries import (
    LATE_DELIVERIES,
    late_deliveries_file,
    unfinished_deliveries_file,
)
from linernotes.warehouse.time_zones import MONTH_STARTS, month_starts_file

# Empty tables for sources that have no file yet.
EMPTY = ".empty"
TIME_ZONES = ".time_zones"
LATE, UNFINISHED = ".late_deliveries", ".unfinished_deliveries"


def sources_folder(settings: Settings) -> Path:
    """The folder of a build's sources, with a folder of Parquet files per table."""
    return settings.warehouse_file.parent / "sources"


def link_sources(settings: Settings, root: Path | None = None, with_ledger: bool = True) -> Path:
    """Creates one folder of links per table of lake and ledger, and returns the parent folder.

    For the lake these are the active files of the Delta log. Every engine reads such a folder as
    plain Parquet; orphans of a crashed load are not linked. The register of deliveries is read
    first, so that what is linked after it is in it or unfinished, and then does not count.

    Args:
        settings: The home.
        root: The parent folder; the home's own for builds when left out.
        with_ledger: Whether to link issued statements; without them every month is open.

    Raises:
        LinernotesError: if another folder is given, for a look-up, and there is no lake.
    """
    if root is not None and not settings.lake_root.exists():
        raise LinernotesError(
            f"Nothing is loaded in {settings.home} yet: run `linernotes load` first."
        )
    lake = open_lake(settings)
    lake.ensure_tables()
    root = root or sources_folder(settings)
    register = lake.active_files(DELIVERIES)
    transactions: set[str] = set()
    for table in lake.tables():
        if table != DELIVERIES:
            files, committed = lake.snapshot(table)
            _link(root / table, files)
            transactions |= committed if is_table_of_feed(table) else set()
    register.append(unfinished_deliveries_file(transactions, register, root / UNFINISHED))
    _link(root / DELIVERIES, register)
    for table, files in ledger_files(settings).items():
        issued = files if with_ledger else []
        _link(root / table, issued or [empty_ledger_file(table, root / EMPTY)])
    if not any((root / RECALCULATED).glob("*.parquet")):
        _link(root / RECALCULATED, [empty_ledger_file(RECALCULATED, root / EMPTY)])
    _link(root / MONTH_STARTS, [month_starts_file(root / TIME_ZONES)])
    lists = delivery_lists(settings) if with_ledger else []
    _link(root / LATE_DELIVERIES, [late_deliveries_file(register, lists, root / LATE)])
    return root


def _link(folder: Path, files: Iterable[Path]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {f"{index:06d}.parquet": path.resolve() for index, path in enumerate(files)}
    for link in folder.iterdir():
        if link.name not in wanted or not link.is_symlink() or link.readlink() != wanted[link.name]:
            link.unlink()
    for name, path in wanted.items():
        if not (folder / name).is_symlink():
            (folder / name).symlink_to(path)
