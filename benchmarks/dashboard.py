"""Measures the dashboard in a real browser, over the published files of homes: `DASHBOARD.md`.

`browsing.py` runs the browser and the server; nothing is written into a home.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.request import urlopen

from playwright.sync_api import Browser, Page

from benchmarks.browsing import chromium, dashboard
from benchmarks.results import machine
from benchmarks.run import print_line
from linernotes.base.published import publication
from linernotes.base.settings import Settings
from linernotes.dashboard import page_addresses

# A page sets this two frames after all its parts are there; it is polled at every frame.
IS_DRAWN = "() => document.documentElement.hasAttribute('data-drawn')"
FIRST_BYTE = "performance.getEntriesByType('navigation')[0].responseStart / 1000"
REPEATS, READERS, FIGURES = 5, 10, 30
FIRST_PAGE_GOAL, FILTER_GOAL, DRILL_GOAL, MEMORY_GOAL = 2.0, 1.0, 1.5, 600


@dataclass(frozen=True)
class Visit:
    """Seconds from the request of a page to its first byte, and until everything is drawn."""

    first_byte: float
    drawn: float


@dataclass(frozen=True)
class Visits:
    """Repeated visits to one page; a page without the filter has none of those."""

    empty_cache: list[Visit]
    filtered: list[Visit]


@dataclass(frozen=True)
class Measured:
    """The results for one home."""

    name: str
    file_bytes: int
    starts_in: float
    pages: dict[str, Visits]
    drills: list[Visit]
    peak_megabytes: float


def measure(name: str, home: Path, browser: Browser) -> Measured:
    """Starts the dashboard of a home, and measures every page."""
    settings = Settings(home=home)
    file = settings.published_root / publication(settings).file_name
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        with dashboard(home, Path(folder) / "dashboard.log") as (address, process):
            starts_in = time.perf_counter() - began
            pages = {}
            for title, path in page_addresses():
                pages[title] = look(browser, address, path)
                print_line(f"{name}, {title}: {median_of(pages[title].empty_cache):.2f} s")
            drills = drill(browser, address)
            read_at_once(browser, address)
            peak = peak_megabytes(process)
    return Measured(name, file.stat().st_size, starts_in, pages, drills, peak)


def look(browser: Browser, address: str, path: str) -> Visits:
    """Opens a page with an empty browser cache, and changes a filter on it."""
    empty, filtered = [], []
    for repeat in range(REPEATS):
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        page = context.new_page()
        empty.append(opened(page, f"{address}{path}"))
        if page.locator("input[name=partner]").count():
            filtered.append(change_filter(page, repeat))
        context.close()
    return Visits(empty, filtered)


def opened(page: Page, address: str) -> Visit:
    return timed(page, lambda: page.goto(address, wait_until="commit"))


def change_filter(page: Page, repeat: int) -> Visit:
    """The selection of a partner, a different one each time, until the new figures are drawn."""
    page.locator(".filters summary").click()
    boxes = page.locator("input[name=partner]")
    boxes.nth(repeat % boxes.count()).check()

    def apply() -> None:
        with page.expect_navigation(wait_until="commit"):
            page.get_by_role("button", name="Apply").click()

    return timed(page, apply)


def timed(page: Page, ask: Callable[[], object]) -> Visit:
    began = time.perf_counter()
    ask()
    page.wait_for_function(IS_DRAWN, polling="raf")
    return Visit(page.evaluate(FIRST_BYTE), time.perf_counter() - began)


def drill(browser: Browser, address: str) -> list[Visit]:
    """From a figure of Overview to its rows, for a fixed number of figures."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    opened(page, address)
    links = page.locator("main a[href*='/rows/']").evaluate_all("all => all.map(one => one.href)")
    found = [opened(page, link) for link in [*dict.fromkeys(links)][:FIGURES]]
    context.close()
    return found


def read_at_once(browser: Browser, address: str) -> None:
    """Ten readers request every page at the same time, each with a filter of their own."""
    page = browser.new_page()
    opened(page, address)
    partners, months = (
        page.locator(selector).evaluate_all("all => all.map(one => one.value)")
        for selector in ("input[name=partner]", "select[name=from] option")
    )
    page.close()

    def read(reader: int) -> None:
        query = f"partner={partners[reader % len(partners)]}&from={months[reader % len(months)]}"
        for _, path in page_addresses():
            with urlopen(f"{address}{path}?{query}", timeout=120) as answer:
                answer.read()

    with ThreadPoolExecutor(READERS) as pool:
        list(pool.map(read, range(READERS)))


def peak_megabytes(process: int) -> float:
    """The most memory that a process has held, from Linux's /proc."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def median_of(visits: list[Visit]) -> float:
    return median(visit.drawn for visit in visits)


def as_markdown(found: list[Measured]) -> str:
    lines = [
        "# Dashboard",
        "",
        "Written by `python -m benchmarks.dashboard`.",
        "",
        machine(),
        "",
        f"Goals: a page in {FIRST_PAGE_GOAL:g} s, a changed filter in {FILTER_GOAL:g} s, the rows "
        f"of a figure in {DRILL_GOAL:g} s, {MEMORY_GOAL} MB. Seconds until everything is drawn, in "
        f"Chromium on the same machine: the median and the longest of {REPEATS}, and the median "
        "until the first byte of the page.",
    ]
    for one in found:
        lines += _section(one)
    return "\n".join(lines) + "\n"


def _section(one: Measured) -> list[str]:
    lines = [
        "",
        f"## {one.name}",
        "",
        f"The published file has {one.file_bytes / 1e6:,.0f} MB. The server answers "
        f"{one.starts_in:.1f} s after its start. With {READERS} readers who ask for every page at "
        f"once, each with a filter of their own, it has held at most {one.peak_megabytes:,.0f} MB.",
        "",
        "| page | empty browser cache | longest | first byte | changed filter | longest "
        "| first byte |",
        "| --- |" + " ---: |" * 6,
    ]
    for name, visits in one.pages.items():
        cells = [*_cells(visits.empty_cache), *_cells(visits.filtered)]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    drawn, longest, _ = _cells(one.drills)
    lines += [
        "",
        f"From a figure of Overview to its rows: {drawn} s, at most {longest} s, over "
        f"{len(one.drills)} figures.",
    ]
    return lines


def _cells(visits: list[Visit]) -> tuple[str, str, str]:
    if not visits:
        return "–", "–", "–"
    longest = max(visit.drawn for visit in visits)
    first_byte = median(visit.first_byte for visit in visits)
    return f"{median_of(visits):.2f}", f"{longest:.2f}", f"{first_byte:.2f}"


def named_home(text: str) -> tuple[str, Path]:
    name, _, folder = text.rpartition("=")
    return name or Path(folder).name, Path(folder).resolve()


def main() -> None:
    """The command line: measures, prints the results, and writes them to a file if one is given."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dashboard", description=__doc__)
    parser.add_argument(
        "--home",
        type=named_home,
        action="append",
        required=True,
        metavar="NAME=DIR",
        help="a home with a published file, and its name in the results; may be repeated",
    )
    parser.add_argument("--out", type=Path, help="the Markdown file to write the results to")
    arguments = parser.parse_args()

    with chromium() as browser:
        text = as_markdown([measure(name, home, browser) for name, home in arguments.home])
    print(text)
    if arguments.out:
        arguments.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
