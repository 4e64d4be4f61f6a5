"""The format version of a lake, and whether this program supports it.

`lake` and `quarantine` each have a `format.json`, so that a copy of either keeps its version.
Entries of the ledger contain their own version.
"""

import json
from pathlib import Path

from linernotes.base import durable
from linernotes.ingestion.errors import DamagedLake, NewerLake

FORMAT_FILE = "format.json"
# Increase it with a change after which an older program would misread or damage the tables; adding
# columns is not such a change. Folders without the file have version 1.
FORMAT_VERSION = 1


def format_version(root: Path) -> int:
    """The format version of the tables below a folder.

    Raises:
        DamagedLake: the file exists and does not state a version.
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
            f"{path} does not contain the format version of the tables beside it. Restore it "
            "from the "
            "backup from which they came; nothing was read or written."
        )
    return version


def require_known_format(*roots: Path) -> None:
    """Raise before anything is read from or written to tables of a newer program.

    Raises:
        NewerLake: a newer program wrote the tables; the message says what to do.
        DamagedLake: the version of a folder cannot be determined.
    """
    for root in roots:
        version = format_version(root)
        if version > FORMAT_VERSION:
            raise NewerLake(
                f"{root} has format version {version}, and this Linernotes supports version "
                f"{FORMAT_VERSION} at most. Install the newer Linernotes that has written"
                " it, and run the command with that. Nothing was read or written."
            )


def write_format(root: Path) -> None:
    """Writes the format version of this program into a folder without one."""
    path = root / FORMAT_FILE
    if not path.exists():
        durable.write_text(path, json.dumps({"format_version": FORMAT_VERSION}) + "\n")
