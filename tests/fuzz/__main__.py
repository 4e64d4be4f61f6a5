"""Loads mutants by the thousand, two processes side by side, and says what went wrong.

`python -m tests.fuzz [--files N] [--seed N] [--first N] [--workers N] [--out FILE]`.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from tests.fuzz.judging import KINDS, ROWS, Share, try_share

SHARE = 600


def main() -> int:
    """Ends with 1 if anything went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first file")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--out", type=Path, help="where the figures go, as Markdown")
    given = parser.parse_args()
    end = given.first + given.files
    starts = range(given.first, end, SHARE)
    whole = Share()
    with ProcessPoolExecutor(given.workers, mp_context=get_context("spawn")) as pool:
        shares = {
            pool.submit(try_share, range(start, min(start + SHARE, end)), given.seed): start
            for start in starts
        }
        for done, future in enumerate(as_completed(shares), start=1):
            found = future.result()
            whole.add(found)
            print(f"{done} of {len(shares)} shares, {len(whole.faults)} faults", flush=True)
            for fault in found.faults:
                print(f"  {fault}", flush=True)
            report = "\n".join(_report(whole, given.files, given.first, given.seed)) + "\n"
            # If the run is stopped, the file has the results so far.
            if given.out:
                given.out.write_text(report, encoding="utf-8")
    print(report, end="")
    return 1 if whole.faults else 0


def _report(whole: Share, files: int, first: int, seed: int) -> Iterator[str]:
    """The figures as Markdown."""
    yield "# Mutated files at the intake"
    yield ""
    yield "`make fuzz` writes this file. Valid files of every feed and form are changed by chance,"
    yield "in bytes, structure, types, values and names, and loaded many at a time, good files"
    loaded = whole.states.total()
    part = "" if loaded >= files else f"{loaded:,} of "
    yield "beside them."
    yield f"These are {part}the files {first:,} to {first + files - 1:,} of seed {seed}."
    yield ""
    yield f"Files: {loaded:,}. Faults: {len(whole.faults):,}."
    yield f"Maximum CPU time of a file: {whole.seconds:.1f} s."
    yield f"Maximum memory of a load: {whole.kilobytes >> 10:,} MiB."
    yield ""
    yield "| what can go wrong | found |"
    yield "| --- | ---: |"
    yield from (f"| {words} | {whole.kinds[kind]:,} |" for kind, words in KINDS.items())
    yield ""
    yield "| result | files |"
    yield "| --- | ---: |"
    yield from (f"| {state} | {count:,} |" for state, count in sorted(whole.states.items()))
    yield ""
    yield "| rows of the files that were loaded | rows |"
    yield "| --- | ---: |"
    yield from (f"| {name} | {whole.rows[name]:,} |" for name in ROWS)
    if whole.faults:
        yield ""
        yield "Faults:"
        yield ""
        yield from (f"- {fault}" for fault in whole.faults)


if __name__ == "__main__":
    sys.exit(main())
