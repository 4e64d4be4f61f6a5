"""Loads mutants by the thousand, two processes side by side, and says what went wrong.

`python -m tests.fuzz [--files N] [--seed N] [--first N] [--workers N]`.
"""

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from tests.fuzz.judging import faults_of

SHARE = 600


def main() -> int:
    """Ends with 1 if anything went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first file")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    given = parser.parse_args()
    end = given.first + given.files
    starts = range(given.first, end, SHARE)
    faults: list[str] = []
    with ProcessPoolExecutor(given.workers, mp_context=get_context("spawn")) as pool:
        shares = {
            pool.submit(faults_of, range(start, min(start + SHARE, end)), given.seed): start
            for start in starts
        }
        for done, future in enumerate(as_completed(shares), start=1):
            found = future.result()
            faults += found
            print(f"{done} of {len(shares)} shares, {len(faults)} faults", flush=True)
            for fault in found:
                print(f"  {fault}", flush=True)
    print(f"Files: {given.files}. Faults: {len(faults)}.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
