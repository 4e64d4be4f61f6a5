"""Lists the files and rows of a lake as JSON, in a process of its own.

The library is imported here to keep the measuring process small: on Linux the peak memory of a new
process starts at that of its parent.
"""

import json
import sys
from pathlib import Path

from linernotes.ingestion import Lake


def list_lake(root: Path) -> dict[str, dict[str, int | list[str]]]:
    """By table, its rows and active Parquet files."""
    lake = Lake(root)
    return {
        table: {
            "rows": lake.row_count(table),
            "files": [str(path) for path in lake.active_files(table)],
        }
        for table in lake.tables()
    }


if __name__ == "__main__":
    print(json.dumps(list_lake(Path(sys.argv[1]))))
