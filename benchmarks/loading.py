"""Measures `linernotes load` of landing zones into new homes, for one checkout or several.

How one command is measured is `measure.py`'s.
"""

import argparse
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from statistics import median

from benchmarks.measure import Cost, measure
from benchmarks.run import ROOT, say

TOLERANT = "--tolerate-refused"


def cost(checkout: Path, landing: Path) -> Cost:
    """What one load costs into a home that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="linernotes-load-") as home:
        command = [_program(checkout), "--home", home, "load", "--landing", landing]
        # Files that are refused are no failure of what is measured.
        return measure([*command, *_tolerantly(checkout)], {}, cwd=checkout)


def _program(checkout: Path) -> Path:
    return checkout / ".venv/bin/linernotes"


@cache
def _tolerantly(checkout: Path) -> list[str]:
    """The option of a checkout; older ones have none, and end well where files are refused."""
    said = subprocess.run(
        [_program(checkout), "load", "--help"], cwd=checkout, capture_output=True, check=True
    )
    return [TOLERANT] if TOLERANT.encode() in said.stdout else []


def main() -> None:
    """Prints what the loads of each checkout cost; their runs take turns."""
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
    given = parser.parse_args()
    checkouts = [path.resolve() for path in given.checkouts]
    for landing in given.landing:
        found: dict[Path, list[Cost]] = {checkout: [] for checkout in checkouts}
        for _ in range(given.runs):
            for checkout, costs in found.items():
                costs.append(cost(checkout, landing.resolve()))
        middle = {
            checkout: median(one.cpu_seconds for one in costs) for checkout, costs in found.items()
        }
        for checkout, costs in found.items():
            least = min(one.cpu_seconds for one in costs)
            wall = median(one.wall_seconds for one in costs)
            say(
                f"{landing}: {checkout}: CPU s: median {middle[checkout]:.2f}, least {least:.2f} of"
                f" {given.runs}; {middle[checkout] / middle[checkouts[-1]]:.3f} times the median of"
                f" {checkouts[-1].name}; wall s: median {wall:.2f}"
            )


if __name__ == "__main__":
    main()
