"""Tries every point of every command, two processes side by side, and writes the figures.

`python -m tests.faults [--out FILE] [--points N] [NAME ...]`; N points of each command at most.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from tests.faults.campaign import Verdict, try_share
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
SHARES = 8


def main() -> int:
    """Ends with 1 if anything was lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("names", nargs="*", help=f"of {', '.join(SCENARIOS)}; else all")
    parser.add_argument("--out", type=Path, help="where the figures go, as Markdown")
    parser.add_argument("--points", type=int, help="of each command; else all")
    given = parser.parse_args()
    if COMPILER is None:
        print("A C compiler is needed: install gcc.", file=sys.stderr)
        return 2
    names = given.names or list(SCENARIOS)
    verdicts = []
    workers = os.cpu_count() or 1
    # Making ready takes longer than a few points do.
    count = 1 if given.points else SHARES
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        shares = [
            pool.submit(try_share, name, share, count, given.points)
            for name in names
            for share in range(count)
        ]
        for done, future in enumerate(as_completed(shares), start=1):
            found = future.result()
            verdicts += found
            lost = [one for one in verdicts if one.faults]
            told = f"{done} of {len(shares)} shares, {len(verdicts)} points, {len(lost)} lost"
            print(told, *(f"  {one}" for one in found if one.faults), sep="\n", flush=True)
    verdicts.sort(key=lambda one: (names.index(one.point.scenario), one.point.kind, one.point.at))
    if given.out:
        given.out.write_text(
            "\n".join(_told(names, verdicts, bool(given.points))) + "\n", encoding="utf-8"
        )
    return 1 if any(one.faults for one in verdicts) else 0


def _told(names: list[str], verdicts: list[Verdict], is_sample: bool) -> Iterator[str]:
    """The figures as Markdown."""
    lost = [one for one in verdicts if one.faults]
    yield "# Commands under faults"
    yield ""
    yield "`make faults` writes this file. At each point a command is disturbed and then run again;"
    yield "it survives if the home then holds, by content, what an undisturbed run leaves."
    yield ""
    if is_sample:
        yield "These are figures of a sample of the points. To try them all:"
        yield "`.venv/bin/python -m tests.faults --out benchmarks/FAULTS.md`."
        yield ""
    yield f"Points: {len(verdicts)}. Survived: {len(verdicts) - len(lost)}. Lost: {len(lost)}."
    yield ""
    yield "| command | disturbance | points | survived | lost |"
    yield "| --- | --- | ---: | ---: | ---: |"
    tried = Counter((one.point.scenario, one.point.kind) for one in verdicts)
    failed = Counter((one.point.scenario, one.point.kind) for one in lost)
    for name in names:
        for kind, meaning in KINDS.items():
            if count := tried[name, kind]:
                bad = failed[name, kind]
                yield f"| {name} | {meaning} | {count} | {count - bad} | {bad} |"


if __name__ == "__main__":
    sys.exit(main())
