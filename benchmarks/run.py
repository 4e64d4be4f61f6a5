"""Measures every step of the pipeline at several scales, in temporary homes.

`measure.py` measures a step; `results.py` writes the results.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path

from benchmarks.measure import Cost, Scale, StepFailed, measure
from benchmarks.results import as_markdown

ROOT = Path(__file__).resolve().parents[1]
SHOWN_NODES = 12
LINERNOTES = Path(sys.executable).with_name("linernotes")


def steps(factor: float, landing: Path) -> dict[str, list[str]]:
    """The measured commands, which people and schedules run."""
    return {
        "sample": ["sample", "--out", str(landing), "--scale", f"{factor:g}"],
        "load": ["load"],
        "build": ["build"],
        "statements": ["statement", "draft"],
        "packages": ["report"],
    }


def run_scale(factor: float, folder: Path, without: Collection[str] = ()) -> Scale:
    """Runs the steps, the floors and the Polars script at one scale, but for those left out.

    Raises:
        StepFailed: at the first command that fails.
    """
    home, landing = folder / "home", folder / "landing"
    environment = {"LINERNOTES_HOME": str(home), "LINERNOTES_LANDING": str(landing)}
    costs: dict[str, Cost] = {}

    def measured(step: str, command: list[str | Path]) -> None:
        if step not in without:
            print_line(f"scale {factor:g}: {step}")
            costs[step] = measure(command, environment, cwd=ROOT)
            print_line(f"  {costs[step].wall_seconds:.1f} s, {costs[step].peak_megabytes:.0f} MB")

    for step, words in steps(factor, landing).items():
        measured(step, [LINERNOTES, *words])
    tables = json.loads(
        subprocess.check_output(
            [sys.executable, "-m", "benchmarks.lake_files", home / "lake"], cwd=ROOT, text=True
        )
    )
    files = {name: table["files"] for name, table in tables.items()}
    listed = folder / "files.json"
    listed.write_text(json.dumps(files), encoding="utf-8")
    floor = [sys.executable, "-m", "benchmarks.floor", listed]
    measured("floor", [*floor, folder / "floor"])
    measured("exact floor", [*floor, folder / "exact_floor", "--exact"])
    join = [sys.executable, "-m", "benchmarks.central_join", listed]
    measured("polars", [*join, folder / "lines.parquet"])
    rows = sum(table["rows"] for table in tables.values())
    size = sum(Path(path).stat().st_size for paths in files.values() for path in paths)
    feeds = sum(path.stat().st_size for path in landing.rglob("*") if path.is_file())
    return Scale(factor, feeds, rows, size, costs, slowest_nodes(home))


def slowest_nodes(home: Path) -> dict[str, float]:
    """The models and tests of the last build that took longest, with their wall time in seconds."""
    results = json.loads((home / "warehouse" / "target" / "run_results.json").read_text())
    times = {one["unique_id"].split(".")[2]: one["execution_time"] for one in results["results"]}
    longest = sorted(times, key=lambda name: -times[name])[:SHOWN_NODES]
    return {name: times[name] for name in longest}


def print_line(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """The command line: measures, prints the results, and writes them to a file if one is given."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure every step of the pipeline at several scales, beside a floor.",
    )
    parser.add_argument("--scales", type=float, nargs="+", default=[1, 10], metavar="N")
    parser.add_argument("--out", type=Path, help="the Markdown file to write the results to")
    parser.add_argument("--work", type=Path, help="where to put the homes (a temporary folder)")
    parser.add_argument(
        "--without",
        nargs="+",
        default=(),
        choices=("statements", "packages", "exact floor", "polars"),
        metavar="STEP",
        help="steps to leave out, such as those that do not fit in memory",
    )
    arguments = parser.parse_args()

    measured = []
    try:
        for factor in sorted(arguments.scales):
            with tempfile.TemporaryDirectory(dir=arguments.work, prefix="linernotes-") as folder:
                measured.append(run_scale(factor, Path(folder), arguments.without))
    except StepFailed as failure:
        print_line(str(failure))
        sys.exit(1)
    text = as_markdown(measured)
    print(text)
    if arguments.out:
        arguments.out.write_text(text, encoding="utf-8")
