"""Measures closings, corrections and traces in temporary homes: `CLOSING.md`.

`measure.py` measures a step; the steps run `close_one.py` or the command line.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb

from benchmarks.measure import Cost, StepFailed, measure
from benchmarks.results import machine
from benchmarks.run import LINERNOTES, ROOT, print_line

YEAR = 2026
# The sample world has at most this many months.
MONTHS = 9
REOPENED = (3, 4, 5)
TRACED_UP_TO = 10
HEADS = "wall s | CPU s | peak MB |"
RULE = "| --- | ---: | ---: | ---: |"


@dataclass(frozen=True)
class Home:
    """A home with a loaded sample world."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        return {
            "LINERNOTES_HOME": str(self.folder / "home"),
            "LINERNOTES_LANDING": str(self.folder / "landing"),
        }

    def run(self, *words: str) -> Cost:
        """Measures a command of `linernotes`."""
        return measure([LINERNOTES, *words], self.environment, cwd=ROOT)

    def value(self, work: str, month: int, known_at: datetime) -> Cost:
        """Measures a calculation; `close_one.py` lists the possible ones."""
        command = [sys.executable, "-m", "benchmarks.close_one", work]
        command += [date(YEAR, month, 1).isoformat(), known_at.isoformat()]
        return measure(command, self.environment, cwd=ROOT)

    def issue_all_but_the_last(self, months: int) -> None:
        """Issues the first of so many months, each on the 15th of the next."""
        for month in range(1, months):
            print_line(f"  month {month} is issued")
            self.value("issue", month, datetime(YEAR, month + 1, 15, 6))

    def floor(self) -> tuple[int, Cost]:
        """The number of rows in the lake, and the cost of the floor over its files."""
        command = [sys.executable, "-m", "benchmarks.lake_files", self.folder / "home" / "lake"]
        listed = self.folder / "lake.json"
        with listed.open("w") as file:
            subprocess.run(command, cwd=ROOT, stdout=file, check=True)
        tables = json.loads(listed.read_text(encoding="utf-8"))
        files = self.folder / "files.json"
        files.write_text(json.dumps({name: table["files"] for name, table in tables.items()}))
        command = [sys.executable, "-m", "benchmarks.floor", files, self.folder / "floor"]
        return sum(table["rows"] for table in tables.values()), measure(command, {}, cwd=ROOT)


def loaded_home(folder: Path, scale: float, months: int) -> Home:
    """A home with a sample world of some months, loaded through the intake."""
    home = Home(folder)
    print_line(f"scale {scale:g}: {months} months are written and loaded")
    out = ["--out", str(folder / "landing"), "--scale", f"{scale:g}", "--months", str(months)]
    home.run("sample", *out)
    home.run("load")
    # Needed only once on a machine, whatever is closed later.
    home.value("compile", 1, datetime(YEAR, 1, 1))
    return home


def closing(scale: float, folder: Path) -> list[str]:
    """Closes and issues the first month, then traces a line and its first event."""
    home = loaded_home(folder, scale, months=6)
    freeze = datetime(YEAR, 2, 15, 6)
    costs = {"close a month": home.value("close", 1, freeze)}
    print_line(f"  closed in {costs['close a month'].wall_seconds:.0f} s")
    rows, costs["floor"] = home.floor()
    costs["close, draft, approve and issue it"] = home.value("issue", 1, freeze)
    if scale <= TRACED_UP_TO:
        # A trace reads the published file, which only the full build makes.
        home.run("build")
        line, event = traced(folder / "home" / "ledger")
        costs["trace a line"] = home.run("trace", "line", line, "--json")
        costs["trace an event"] = home.run("trace", "event", event, "--json")
    share = costs["close a month"].wall_seconds / costs["floor"].wall_seconds
    text = f"{rows:,} rows in the lake. A closing takes {share:.1f} times the floor."
    return [f"## One month at scale {scale:g}", "", text, "", *table(costs.items())]


def traced(ledger: Path) -> tuple[str, str]:
    """The issued line with the most events, and one of its events."""
    uses = str(ledger / "**" / "uses.parquet")
    with duckdb.connect() as connection:
        [(line, event)] = connection.execute(
            "select line_id, min(generation_id) from read_parquet($1) where generation_id "
            "is not null group by line_id order by count(*) desc, line_id limit 1",
            [uses],
        ).fetchall()
    return line, event


def corrections(scale: float, folder: Path) -> list[str]:
    """Closes the last month with and without three changed months, and recalculates all months."""
    home = loaded_home(folder, scale, months=MONTHS)
    home.issue_all_but_the_last(MONTHS)
    freeze = datetime(YEAR, MONTHS + 1, 15, 6)
    costs = {"close the last month": home.value("close", MONTHS, freeze)}
    revise_revenue(folder / "landing" / "finance" / "revenue")
    home.run("load", "finance/revenue")
    costs["close it, with revenue revised in three months"] = home.value("close", MONTHS, freeze)
    costs["value all months once, at the new freeze"] = home.value("recompute", MONTHS, freeze)
    first, second, full = (cost.wall_seconds for cost in costs.values())
    text = (
        f"{MONTHS} months, all but the last issued. Revised revenue of {len(REOPENED)} months adds "
        f"{second - first:.1f} s; a full recompute takes {full:.1f} s."
    )
    return [f"## Corrections at scale {scale:g}", "", text, "", *table(costs.items())]


def one_more_day(scale: float, folder: Path) -> list[str]:
    """Builds a home with five of six months issued, and again after one more day of plays."""
    home = loaded_home(folder, scale, months=6)
    home.issue_all_but_the_last(6)
    costs = {"build": home.run("build")}
    deliver_next_day(folder / "landing" / "ai_usage" / "derivative_plays")
    costs["load one more day of plays"] = home.run("load", "ai_usage/derivative_plays")
    costs["build after it"] = home.run("build")
    text = (
        "Six months, all but the last issued. The first build calculates every month, the second "
        "one the open months."
    )
    return [f"## One more day at scale {scale:g}", "", text, "", *table(costs.items())]


def deliver_next_day(folder: Path) -> None:
    """Delivers the plays of the last day once more, as those of the day after it."""
    with duckdb.connect() as connection:
        connection.execute(
            f"""
            copy (
                select * replace (play_date + 1 as play_date, recorded_at + interval 1 day as
                recorded_at)
                from read_parquet('{folder}/{YEAR}-06_*.parquet')
                qualify play_date = max(play_date) over ()
            ) to '{folder}/{YEAR}-07_001.parquet' (format parquet)
            """
        )


def revise_revenue(folder: Path) -> None:
    """Delivers the revenue of three months again, one per cent higher."""
    revised, recorded_at = [], f"{YEAR}-{MONTHS + 1}-10T06:00:00.000Z"
    for month in REOPENED:
        with (folder / f"{YEAR}-{month:02d}.csv").open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                gross = (Decimal(row["gross"]) * Decimal("1.01")).quantize(Decimal("0.01"))
                revised.append(row | {"gross": str(gross), "recorded_at": recorded_at})
    with (folder / "revised.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, revised[0])
        writer.writeheader()
        writer.writerows(revised)


def table(costs: Iterable[tuple[str, Cost]]) -> list[str]:
    """One row per step."""
    return [
        f"| step | {HEADS}",
        RULE,
        *(
            f"| {step} | {cost.wall_seconds:.1f} | {cost.cpu_seconds:.1f} "
            f"| {cost.peak_megabytes:,.0f} |"
            for step, cost in costs
        ),
    ]


def main() -> None:
    """The command line: measures, prints the results, and writes them to a file if one is given."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.closing", description=__doc__)
    parser.add_argument("--scales", type=float, nargs="*", default=[10, 100], metavar="N")
    parser.add_argument("--corrections-at", type=float, default=1, metavar="N")
    parser.add_argument("--one-more-day-at", type=float, nargs="*", default=[1, 10], metavar="N")
    parser.add_argument("--out", type=Path, help="the Markdown file to write the results to")
    parser.add_argument("--work", type=Path, help="where to put the homes (a temporary folder)")
    arguments = parser.parse_args()

    jobs = [(corrections, arguments.corrections_at)]
    jobs += [(one_more_day, scale) for scale in sorted(arguments.one_more_day_at)]
    jobs += [(closing, scale) for scale in sorted(arguments.scales)]
    parts = [f"# Closings\n\nWritten by `python -m benchmarks.closing`.\n\n{machine()}"]
    failed = False
    for job, scale in jobs:
        try:
            with tempfile.TemporaryDirectory(dir=arguments.work, prefix="linernotes-") as folder:
                parts.append("\n".join(job(scale, Path(folder))))
        except StepFailed as failure:
            # Keeps the existing results, because they take hours to measure.
            failed = True
            print_line(str(failure))
    text = "\n\n".join(parts) + "\n"
    print(text)
    if arguments.out:
        arguments.out.write_text(text, encoding="utf-8")
    sys.exit(failed)


if __name__ == "__main__":
    main()
