"""The version of the form in which a lake is written, and whether this program knows it.

`lake` and `quarantine` each hold a `format.json` that says it, so that either keeps it wherever it
is copied to. Entries of the ledger say their version themselves.
"""

import json
from pathlib import Path

from linernotes.base import durable
from linernotes.ingestion.errors import DamagedLake, NewerLake

FORMAT_FILE = "format.json"
# Raised by a change after which an older program would misread or spoil the tables. Columns that
# are only added are no such change. Folders without the file were written before it: version 1.
FORMAT_VERSION = 1


def format_version(root: Path) -> int:
    """The version in which the tables below a folder are written.

    Raises:
        DamagedLake: its file is there and does not say it.
    """
    path = root / FORMAT_FILE
    try:
        version = json.loads(path.read_bytes())["format_version"]
    except (FileNotFoundError, NotADirectoryError):
        return 1
    except (OSError, ValueError, KeyError, TypeError):
        version = None
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise DamagedLake(
            f"{path} does not say in which format version the tables beside it are written."
            " Restore it from the backup from which they came; nothing was read or written."
        )
    return version


def require_known_format(*roots: Path) -> None:
    """Stops before anything is read or written that a newer program has written.

    Raises:
        NewerLake: with what to do.
        DamagedLake: the version of a folder cannot be told.
    """
    for root in roots:
        version = format_version(root)
        if version > FORMAT_VERSION:
            raise NewerLake(
                f"{root} is written in format version {version}, and this Linernotes knows"
                f" version {FORMAT_VERSION} at most. Install the newer Linernotes that has written"
                " it, and run the command with that. Nothing was read or written."
            )


def write_format(root: Path) -> None:
    """Says the version of this program's tables in a folder that does not say one yet."""
    path = root / FORMAT_FILE
    if not path.exists():
        durable.write_text(path, json.dumps({"format_version": FORMAT_VERSION}) + "\n")
