"""Compares the second calculation with the warehouse on a sample world: python -m tests.reference.

It makes the world, closes its months with the real intake, models and ledger, and prints the
differences.
"""

import argparse
import tempfile
import time
from datetime import date, datetime
from pathlib import Path

import duckdb

from linernotes import ingestion, warehouse
from linernotes.base.settings import Settings
from sampleservice import write_sample
from tests.conftest import close_and_issue
from tests.fixtures.comparison import differences
from tests.fixtures.lake_rows import lake_rows
from tests.reference import compute

MONTHS = 6
MOST_SHOWN = 20


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="1 is the real thing 1:10,000")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="linernotes-reference-") as home:
        return compare(Settings(home=Path(home)), chosen.scale, chosen.seed)


def compare(settings: Settings, scale: float, seed: int) -> int:
    began = time.monotonic()
    write_sample(settings.landing_root, scale, {}, seed, MONTHS)
    ingestion.admit_landing(settings)
    closings = [(date(2026, month, 1), datetime(2026, month + 1, 15, 6)) for month in range(1, 6)]
    for month, known_at in closings:
        close_and_issue(settings, month, known_at)
    last_known_at = datetime(2026, 7, 15, 6)
    file = warehouse.calculate_open_months(settings, date(2026, MONTHS, 1), last_known_at)
    print(f"The warehouse closed {MONTHS} months in {time.monotonic() - began:.0f} s.")
    began = time.monotonic()
    dated = [(f"{month:%Y-%m}", known_at) for month, known_at in closings]
    result = compute(lake_rows(settings), dated, last_known_at)
    print(
        f"The second calculation took {time.monotonic() - began:.0f} s: {len(result.lines):,} "
        f"lines, {len(result.statements)} statements."
    )
    with duckdb.connect(str(file), read_only=True) as connection:
        found = differences(connection, result, f"2026-{MONTHS:02d}")
    for difference in found[:MOST_SHOWN]:
        print(*difference)
    print(f"{len(found)} figures differ.")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
