"""One load of many mutants in a process of its own, and what it says of each.

What is right is decided in `judging.py`.
"""

import json
import resource
import time
from pathlib import Path

import polars as pl

from linernotes.base.settings import Settings
from linernotes.ingestion import DeliveryOutcome, Lake, admit_landing
from linernotes.ingestion.feeds import CONTRACTS

LARGEST_FILE_BYTES = 1 << 30
# A load over it ends, and the file that it was at is told; the machine is not brought down.
MOST_MEMORY_BYTES = 6 << 30


def load(home: str, reported: str) -> int:
    """Loads a home and writes a line of JSON per delivery, and one of the whole at the end."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE_BYTES, LARGEST_FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    settings = Settings(home=Path(home))
    began = time.process_time()
    with Path(reported).open("w") as lines:

        def write(line: dict) -> None:
            lines.write(json.dumps(line) + "\n")
            lines.flush()

        def note(outcome: DeliveryOutcome) -> None:
            nonlocal began
            now = time.process_time()
            write(
                {
                    "name": outcome.name,
                    "id": outcome.delivery_id,
                    "state": outcome.state,
                    "reason": outcome.reason,
                    "read": outcome.rows_read or 0,
                    "loaded": outcome.rows_loaded,
                    "quarantined": outcome.rows_quarantined,
                    "duplicate": outcome.rows_duplicate,
                    "seconds": now - began,
                    "kilobytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
                }
            )
            began = now

        report = admit_landing(settings, on_progress=note)
        lake = Lake(settings.lake_root)
        in_lake: dict[str, int] = {}
        for contract in CONTRACTS.values():
            counts = lake.read(contract.TABLE).group_by("delivery_id").agg(rows=pl.len()).collect()
            in_lake |= dict(counts.iter_rows())
        kept = lake.read("raw_door__quarantined_rows").group_by("delivery_id").agg(rows=pl.len())
        write(
            {
                "ignored": report.ignored_files,
                "in_lake": in_lake,
                "in_quarantine": dict(kept.collect().iter_rows()),
            }
        )
    return 0


def make_home(home: str) -> int:
    """An empty home with its tables."""
    settings = Settings(home=Path(home))
    settings.landing_root.mkdir(parents=True)
    admit_landing(settings)
    return 0
