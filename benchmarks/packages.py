"""Measures partner packages: many of typical size, and one of a million lines: `PACKAGES.md`.

`measure.py` measures a step. The million lines are copies of a few invented ones, so that their
sums are known.
"""

import argparse
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.closing import Home, table
from benchmarks.measure import Cost
from benchmarks.results import machine
from benchmarks.run import print_line
from linernotes.base.settings import Settings
from tests.fixtures.published_warehouse import Line, Statement, publish

# As many territories as a large partner has pools of one product in a month.
COUNTRIES = "AT AU BE BR CA CH DE DK ES FI FR GB IE IN IT JP KR MX NL NO PL PT SE US ZA"
TERRITORIES = [COUNTRIES[start : start + 2] for start in range(0, len(COUNTRIES), 3)]
MOST_MEGABYTES = 900


@dataclass(frozen=True)
class Goal:
    """What a step may cost, and the next lever if it costs more."""

    step: str
    seconds: float
    lever: str

    def verdict(self, seconds: float, megabytes: float) -> str:
        """A row of the table of goals."""
        is_reached = seconds <= self.seconds and megabytes <= MOST_MEGABYTES
        outcome = "*reached*" if is_reached else f"*not reached*; next lever: {self.lever}"
        measured = f"{seconds:.2f} s, {megabytes:,.0f} MB"
        return f"| {self.step} | {self.seconds:g} s | {measured} | {outcome} |"


EACH = Goal("write a package", 0.6, "one read of the lines for all tables of the document")
NOTHING_NEW = Goal("nothing new", 2, "start the program with fewer imports")
DRAFT = Goal("draft a million lines", 6, "one sorted copy of the lines for both files of them")
WRITE = Goal(
    "write a million lines", 30, "an order on every query of DSR records, then two threads"
)
CHECK = Goal("check a million lines", 30, "sums and rules of CSV and DSR lines in the engine")
COPIED_TABLES = {
    "reports.rpt_partner__compensation_lines": "line_id || '-' || copy as line_id, "
    "title || ' ' || copy as title, object_id || '-' || copy as object_id, amount / {copies} as "
    "amount, quantity // {copies} as quantity, weight_nano // {copies} as weight_nano",
    "marts.fct_compensation_lines": "line_id || '-' || copy as line_id, line_key || '-' || copy "
    "as line_key, object_id || '-' || copy as object_id, amount / {copies} as amount, "
    "quantity // {copies} as quantity, weight_nano // {copies} as weight_nano",
    "marts.fct_source_uses": "use_id || '-' || copy as use_id, object_id || '-' || copy as "
    "object_id, quantity // {copies} as quantity, weight_nano / {copies} as weight_nano",
}


def typical(scale: float, rounds: int, folder: Path) -> tuple[list[str], list[str]]:
    """All packages of a sample world, repeated until there are a hundred of them.

    Returns:
        The section with the measurements, and the rows of its goals.
    """
    home = Home(folder)
    print_line(f"scale {scale:g}: a world is written, loaded, built and drafted")
    home.run("sample", "--out", str(folder / "landing"), "--scale", f"{scale:g}")
    home.run("load")
    home.run("build")
    home.run("statement", "draft")
    costs: dict[str, Cost] = {}
    outbox = folder / "home" / "outbox"
    for number in range(1, rounds + 1):
        shutil.rmtree(outbox, ignore_errors=True)
        costs[f"write all packages, round {number}"] = home.run("report")
    packages = sorted(outbox.glob("*/*/v1"))
    costs["write them again, nothing new"] = home.run("report")
    sizes = [sum(file.stat().st_size for file in one.iterdir()) for one in packages]
    lines = [lines_of(one) for one in packages]
    wall = sum(cost.wall_seconds for cost in list(costs.values())[:rounds])
    text = (
        f"{len(packages)} packages of {min(lines):,} to {max(lines):,} lines and "
        f"{min(sizes) / 1e6:.1f} to {max(sizes) / 1e6:.1f} MB, {rounds} times: "
        f"{rounds * len(packages)} packages in {wall:.1f} s, "
        f"**{wall / (rounds * len(packages)):.2f} s each**."
    )
    again = costs["write them again, nothing new"]
    peak = max(cost.peak_megabytes for cost in costs.values())
    goals = [
        EACH.verdict(wall / (rounds * len(packages)), peak),
        NOTHING_NEW.verdict(again.wall_seconds, again.peak_megabytes),
    ]
    heading = f"## Packages of a world at scale {scale:g}"
    return [heading, "", text, "", *table(costs.items())], goals


def lines_of(package: Path) -> int:
    with duckdb.connect() as connection:
        file = str(package / "compensation_lines.parquet")
        [(count,)] = connection.execute("select count(*) from read_parquet(?)", [file]).fetchall()
    return count


def large(line_count: int, folder: Path) -> tuple[list[str], list[str]]:
    """One package with a given number of lines: drafted, written and checked.

    Returns:
        The section with the measurements, and the rows of its goals.
    """
    home = Home(folder)
    print_line(f"one package of {line_count:,} lines")
    publish_many(Settings(home=folder / "home"), line_count)
    costs = {"draft the statement": home.run("statement", "draft")}
    costs["write the package"] = home.run("report")
    [package] = (folder / "home" / "outbox").glob("*/*/v1")
    costs["check the package"] = home.run("verify", "--package", str(package))
    names = ["compensation_lines.csv", "compensation_lines.parquet", "statement.xlsx"]
    files = [*(package / name for name in names), *package.glob("DSR_*.tsv")]
    sizes = ", ".join(f"{file.suffix[1:]} {file.stat().st_size / 1e6:.0f} MB" for file in files)
    heading = f"## One package of {lines_of(package):,} lines"
    goals = [
        goal.verdict(cost.wall_seconds, cost.peak_megabytes)
        for goal, cost in zip((DRAFT, WRITE, CHECK), costs.values(), strict=True)
    ]
    return [heading, "", f"Its files of lines: {sizes}.", "", *table(costs.items())], goals


def publish_many(settings: Settings, line_count: int) -> None:
    """A published file with one statement, which has a given number of lines of one cent each."""
    copies = line_count // len(TERRITORIES)
    euros, cents = divmod(copies, 100)
    lines = [
        Line(f"line-{territory}", f"{euros}.{cents:02d}", territory=territory)
        for territory in TERRITORIES
    ]
    publish(settings, Statement("tune", "tune-master", lines))
    with duckdb.connect(str(settings.published_file)) as connection:
        for name, columns in COPIED_TABLES.items():
            connection.execute(
                f"create temp table copied as select * replace ({columns.format(copies=copies)}) "
                f"from {name} cross join range({copies}) as numbers (copy)"
            )
            connection.execute(f"delete from {name}")
            connection.execute(f"insert into {name} by name select * exclude (copy) from copied")
            connection.execute("drop table copied")
        connection.execute(
            "update reports.rpt_partner__compensation_statement set line_count = ?",
            [copies * len(TERRITORIES)],
        )


def main() -> None:
    """The command line: measures, prints the results, and writes them to a file if one is given."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.packages", description=__doc__)
    parser.add_argument("--scale", type=float, default=1, metavar="N")
    parser.add_argument("--rounds", type=int, default=4, metavar="N")
    parser.add_argument("--lines", type=int, default=1_000_000, metavar="N")
    parser.add_argument("--out", type=Path, help="the Markdown file to write the results to")
    parser.add_argument("--work", type=Path, help="where to put the homes (a temporary folder)")
    arguments = parser.parse_args()

    parts = [f"# Packages\n\nWritten by `python -m benchmarks.packages`.\n\n{machine()}"]
    with tempfile.TemporaryDirectory(dir=arguments.work, prefix="linernotes-") as folder:
        section, goals = typical(arguments.scale, arguments.rounds, Path(folder))
        parts.append("\n".join(section))
    with tempfile.TemporaryDirectory(dir=arguments.work, prefix="linernotes-") as folder:
        section, more = large(arguments.lines, Path(folder))
        parts.append("\n".join(section))
    heads = ["## Goals", "", f"With at most {MOST_MEGABYTES} MB in the largest process.", ""]
    heads += ["| step | goal | measured | |", "| --- | ---: | ---: | --- |"]
    parts.append("\n".join([*heads, *goals, *more]))
    text = "\n\n".join(parts) + "\n"
    print(text)
    if arguments.out:
        arguments.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
