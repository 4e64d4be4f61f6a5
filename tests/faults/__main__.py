"""Tries points of every command, and writes the figures.

`python -m tests.faults [--out FILE] [--points N] [--minutes N] [--workers N] [--seed N]
[--record FILE] [NAME ...]`
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from tests.faults.campaign import Tried, recorded, try_evenly
from tests.faults.scenarios import SCENARIOS
from tests.faults.shim import COMPILER

KINDS = {
    "kill": "killed before or after an operation",
    "torn": "killed in the middle of a write",
    "full": "disk full, once or from then on",
    "broken": "input/output error, once or from then on",
    "cut": "power cut",
    "again": "killed, run again, then a power cut",
    "clock": "clock an hour or a day off",
}


def main() -> int:
    """Ends with 1 if anything was lost, now or in an earlier run of the same record."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("names", nargs="*", help=f"of {', '.join(SCENARIOS)}; else all")
    parser.add_argument("--out", type=Path, help="where the figures go, as Markdown")
    parser.add_argument("--points", type=int, help="of each command at most; else all")
    parser.add_argument("--minutes", type=float, help="after which no point is begun")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, default=1, help="of the order of the points")
    parser.add_argument(
        "--record",
        type=Path,
        help="a file to which verdicts are added; points that it has are not tried again, so that"
        " the runs of several days add up. Begin a new one when the program has changed",
    )
    given = parser.parse_args()
    if COMPILER is None:
        print("A C compiler is needed: install gcc.", file=sys.stderr)
        return 2
    names = given.names or list(SCENARIOS)
    seconds = None if given.minutes is None else given.minutes * 60
    with ProcessPoolExecutor(given.workers, mp_context=get_context("spawn")) as pool:
        shares = [
            pool.submit(
                try_evenly,
                names,
                given.seed,
                share,
                given.workers,
                given.points,
                seconds,
                given.record,
            )
            for share in range(given.workers)
        ]
        found = [one.result() for one in shares]
    verdicts = [one for part in found for one in part.verdicts]
    if given.record:
        verdicts = [one for one in recorded(given.record) if one.point.scenario in names]
    tried = Tried(found[0].there_are, verdicts)
    reported = "\n".join(_reported(names, tried, given.seed))
    print(reported)
    if given.out:
        given.out.write_text(reported + "\n", encoding="utf-8")
    return 1 if any(one.faults for one in tried.verdicts) else 0


def _reported(names: list[str], tried: Tried, seed: int) -> Iterator[str]:
    """The figures as Markdown."""
    lost = [one for one in tried.verdicts if one.faults]
    there_are, count = tried.there_are.total(), len(tried.verdicts)
    yield "# Commands under faults"
    yield ""
    yield "`make faults` writes this file. At each point a command is disturbed and then run again;"
    yield "it survives if the home then holds, by content, what an undisturbed run leaves."
    yield ""
    if count < there_are:
        yield f"These are figures of a sample of the points: {count:,} were tried, in an order of"
        yield f"chance (seed {seed}) in which commands and kinds take turns."
        yield ""
    yield f"Points: {there_are:,}. Tried: {count:,}. Survived: {count - len(lost):,}."
    yield f"Lost: {len(lost):,}."
    yield ""
    yield "| command | disturbance | points | tried | survived | lost |"
    yield "| --- | --- | ---: | ---: | ---: | ---: |"
    done = Counter((one.point.scenario, one.point.kind) for one in tried.verdicts)
    failed = Counter((one.point.scenario, one.point.kind) for one in lost)
    for name in names:
        for kind, meaning in KINDS.items():
            if points := tried.there_are[name, kind]:
                good, bad = done[name, kind] - failed[name, kind], failed[name, kind]
                yield f"| {name} | {meaning} | {points} | {good + bad} | {good} | {bad} |"
    if lost:
        yield ""
        yield "Lost:"
        yield ""
        yield from (f"- {one}" for one in lost)


if __name__ == "__main__":
    sys.exit(main())
