"""Turns measurements into the page of results. Nothing is measured here."""

import os
import platform
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

from benchmarks.measure import Scale
from linernotes.base.clock import utc_now

MEMORY_VARIABLE = "LINERNOTES_DUCKDB_MEMORY_MIB"
EXACT_FLOOR = "exact floor"
# What is not a step of the pipeline.
COMPARED = ("floor", EXACT_FLOOR, "polars")
PACKAGES = ("linernotes", "duckdb", "dbt-core", "polars", "deltalake", "xlsxwriter")


@dataclass(frozen=True)
class Goal:
    """The most that a figure may be at a scale, and the next lever if it is more.

    Attributes:
        scale: The factor of the sample world.
        figure: What is measured, with its unit.
        most: The goal.
        measured: Reads the figure from the costs of the scale.
        lever: What would lower it next.
    """

    scale: float
    figure: str
    most: float
    measured: Callable[[Scale], float]
    lever: str

    def row(self, scale: Scale) -> str:
        """A row of the table of goals."""
        found = self.measured(scale)
        verdict = "*reached*" if found <= self.most else f"*not reached*; next lever: {self.lever}"
        return f"| {self.scale:g} | {self.figure} | {self.most:,g} | {found:,.1f} | {verdict} |"


def _build_cpu(scale: Scale) -> float:
    return scale.costs["build"].cpu_seconds


def _build_peak(scale: Scale) -> float:
    return scale.costs["build"].peak_megabytes / 1000


def _build_floors(scale: Scale) -> float:
    return scale.costs["build"].wall_seconds / scale.costs["floor"].wall_seconds


OF_DBT = "what dbt itself does for each of its nodes, and the imports of Great Expectations"
OF_LINES = "models that write wide rows for every line, and tests of the grain of uses"
OF_MEMORY = f"a lower {MEMORY_VARIABLE}"
GOALS = (
    Goal(1, "build, CPU s", 45, _build_cpu, OF_DBT),
    Goal(10, "build, CPU s", 130, _build_cpu, OF_LINES),
    Goal(10, "build, peak GB", 3, _build_peak, OF_MEMORY),
    Goal(100, "build, peak GB", 12, _build_peak, OF_MEMORY),
    Goal(100, "build, times the floor", 5, _build_floors, OF_LINES),
)


def as_markdown(scales: list[Scale]) -> str:
    """The whole page: machine, one table per scale, growth between scales."""
    parts = [
        "# Results",
        "Written by `python -m benchmarks`; what is measured, and how, is in "
        "[README.md](README.md).",
        machine(),
        goals_table(scales),
        *(scale_table(scale) for scale in scales),
    ]
    if len(scales) > 1:
        parts.append(growth_table(scales))
    return "\n\n".join(parts) + "\n"


def machine() -> str:
    """The environment of the figures: processor, memory, versions, day. No host name."""
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    return "\n".join(
        [
            f"- day: {utc_now():%Y-%m-%d}",
            f"- machine: {cores} cores of {processor()}, {memory:.0f} GiB memory",
            f"- {platform.system()} {platform.release().split('-')[0]}, "
            f"Python {platform.python_version()}, {versions}",
            *(
                [f"- {MEMORY_VARIABLE}={limit}"]
                if (limit := os.environ.get(MEMORY_VARIABLE))
                else []
            ),
        ]
    )


def processor() -> str:
    """The processor's name, from Linux's /proc."""
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def goals_table(scales: list[Scale]) -> str:
    """The goals of the scales that were measured."""
    by_factor = {scale.factor: scale for scale in scales}
    rows = [goal.row(by_factor[goal.scale]) for goal in GOALS if goal.scale in by_factor]
    heads = [
        "## Goals",
        "",
        "| scale | figure | goal | measured | |",
        "| ---: | --- | ---: | ---: | --- |",
    ]
    return "\n".join([*heads, *rows])


def scale_table(scale: Scale) -> str:
    """One row per step, with its time as a multiple of those of the two floors."""
    floor, exact = scale.costs["floor"], scale.costs.get(EXACT_FLOOR)
    lines = [
        f"## Scale {scale.factor:g}",
        "",
        f"{megabytes(scale.feed_bytes)} MB of feeds; {scale.lake_rows:,} rows and "
        f"{megabytes(scale.lake_bytes)} MB in the lake.",
        "",
        "| step | wall s | CPU s | peak MB | lake rows/s | times the floor | the exact floor |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for step, cost in scale.costs.items():
        lines.append(
            f"| {step} | {cost.wall_seconds:.1f} | {cost.cpu_seconds:.1f} "
            f"| {cost.peak_megabytes:,.0f} | {scale.lake_rows / cost.wall_seconds:,.0f} "
            f"| {cost.wall_seconds / floor.wall_seconds:.1f} "
            f"| {f'{cost.wall_seconds / exact.wall_seconds:.1f}' if exact else ''} |"
        )
    total = sum(cost.wall_seconds for step, cost in scale.costs.items() if step not in COMPARED)
    lines.append(f"| the pipeline | {total:.1f} | | | {scale.lake_rows / total:,.0f} | | |")
    if scale.slowest:
        slowest = ", ".join(f"{name} {seconds:.1f}" for name, seconds in scale.slowest.items())
        lines += ["", f"The slowest nodes of the build, in wall seconds: {slowest}."]
    return "\n".join(lines)


def growth_table(scales: list[Scale]) -> str:
    """The growth of each step's time and memory between scales, beside that of the lake's rows."""
    pairs = list(pairwise(scales))
    heads = [f"{small.factor:g} to {large.factor:g}" for small, large in pairs]
    lines = [
        "## Growth between scales",
        "",
        "Wall time, and peak memory after the stroke, as a multiple. A step whose time grows as "
        "the rows do is linear.",
        "",
        f"| step | {' | '.join(heads)} |",
        f"| --- |{' ---: |' * len(pairs)}",
    ]
    rows = [f"{large.lake_rows / small.lake_rows:.1f}" for small, large in pairs]
    lines.append(f"| rows in the lake | {' | '.join(rows)} |")
    for step in scales[0].costs:
        grown = [
            f"{large.costs[step].wall_seconds / small.costs[step].wall_seconds:.1f} / "
            f"{large.costs[step].peak_megabytes / small.costs[step].peak_megabytes:.1f}"
            if step in large.costs and step in small.costs
            else ""
            for small, large in pairs
        ]
        lines.append(f"| {step} | {' | '.join(grown)} |")
    return "\n".join(lines)


def megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f}"
