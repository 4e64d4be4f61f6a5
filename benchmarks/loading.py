"""Measures `linernotes load` of landing zones into new homes, for one checkout or several.

How one command is measured is `measure.py`'s.
"""

import argparse
import tempfile
from pathlib import Path

from benchmarks.measure import measure
from benchmarks.run import ROOT, say


def cpu_seconds(checkout: Path, landing: Path) -> float:
    """CPU seconds, user and system, of one load into a home that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="linernotes-load-") as home:
        # Files that are refused are no failure of what is measured.
        command = [checkout / ".venv/bin/linernotes", "--home", home, "load"]
        command += ["--landing", landing, "--tolerate-refused"]
        return measure(command, {}, cwd=checkout).cpu_seconds


def main() -> None:
    """Prints the least CPU seconds of each checkout, whose runs take turns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("landing", type=Path, nargs="+", help="Landing zones.")
    parser.add_argument("--checkouts", type=Path, nargs="+", default=[ROOT], help="Installed ones.")
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    for landing in given.landing:
        found: dict[Path, list[float]] = {checkout: [] for checkout in given.checkouts}
        for _ in range(given.runs):
            for checkout, costs in found.items():
                costs.append(cpu_seconds(checkout, landing.resolve()))
        for checkout, costs in found.items():
            say(f"{landing}: {checkout}: {min(costs):.1f} CPU s, the least of {given.runs}")


if __name__ == "__main__":
    main()
