"""Measures `linernotes load` of landing zones into new homes, for one or several checkouts.

`measure.py` measures a command.
"""

import argparse
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median

from benchmarks.measure import Cost, measure
from benchmarks.results import machine
from benchmarks.run import ROOT, print_line

TOLERANT = "--tolerate-refused"


@dataclass(frozen=True)
class Loads:
    """The costs of loading one landing zone with one checkout; `commit` is its current commit."""

    landing: str
    commit: str
    costs: list[Cost]

    @property
    def cpu_seconds(self) -> float:
        """The median of all loads."""
        return median(one.cpu_seconds for one in self.costs)

    @property
    def least_cpu_seconds(self) -> float:
        return min(one.cpu_seconds for one in self.costs)

    @property
    def wall_seconds(self) -> float:
        """The median of all loads."""
        return median(one.wall_seconds for one in self.costs)


def measured(landing: Path, checkouts: list[Path], runs: int) -> list[Loads]:
    """Loads one landing zone with each checkout; their runs alternate."""
    costs: dict[Path, list[Cost]] = {checkout: [] for checkout in checkouts}
    for _ in range(runs):
        for checkout, found in costs.items():
            found.append(cost(checkout, landing.resolve()))
    return [Loads(landing.name, _commit(checkout), found) for checkout, found in costs.items()]


def cost(checkout: Path, landing: Path) -> Cost:
    """The cost of one load into a temporary home."""
    with tempfile.TemporaryDirectory(prefix="linernotes-load-") as home:
        command = [_program(checkout), "--home", home, "load", "--landing", landing]
        # Refused files do not make the measurement fail.
        return measure([*command, *_tolerantly(checkout)], {}, cwd=checkout)


def _program(checkout: Path) -> Path:
    return checkout / ".venv/bin/linernotes"


def _commit(checkout: Path) -> str:
    command = ["git", "-C", checkout, "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout.strip()


@cache
def _tolerantly(checkout: Path) -> list[str]:
    """The option of a checkout; older ones have none, and exit with 0 if files are refused."""
    help_text = subprocess.run(
        [_program(checkout), "load", "--help"], cwd=checkout, capture_output=True, check=True
    )
    return [TOLERANT] if TOLERANT.encode() in help_text.stdout else []


def as_markdown(found: list[Loads]) -> Iterator[str]:
    """One row per landing zone and checkout, compared with the last checkout of the same zone."""
    yield "# Loads"
    yield ""
    yield "Written by `python -m benchmarks.loading`; what is measured, and how, is in"
    yield "[README.md](README.md)."
    yield ""
    yield machine()
    yield ""
    yield "| landing zone | commit | loads | CPU s, median | least | times the last commit's |"
    yield "| --- | --- | ---: | ---: | ---: | ---: |"
    last = {one.landing: one for one in found}
    for one in found:
        times = one.cpu_seconds / last[one.landing].cpu_seconds
        yield (
            f"| {one.landing} | {one.commit} | {len(one.costs)} | {one.cpu_seconds:.2f}"
            f" | {one.least_cpu_seconds:.2f} | {times:.2f} |"
        )


def main() -> None:
    """Prints the costs of each checkout's loads."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("landing", type=Path, nargs="+", help="Landing zones.")
    parser.add_argument(
        "--checkouts",
        type=Path,
        nargs="+",
        default=[ROOT],
        help="Installed ones; the last is what the others are compared with.",
    )
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--out", type=Path, help="Where the figures go, as Markdown.")
    given = parser.parse_args()
    checkouts = [path.resolve() for path in given.checkouts]
    found: list[Loads] = []
    for landing in given.landing:
        for one in measured(landing, checkouts, given.runs):
            found.append(one)
            print_line(
                f"{landing}: {one.commit}: CPU s: median {one.cpu_seconds:.2f}, least"
                f" {one.least_cpu_seconds:.2f} of {given.runs}; wall s: median"
                f" {one.wall_seconds:.1f}"
            )
    if given.out:
        given.out.write_text("\n".join(as_markdown(found)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
