"""Measures the dashboard in a real browser, with the published file of a home: `DASHBOARD.md`.

`browsing.py` runs the browser and the server; nothing is written into the home.
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
from benchmarks.run import say
from linernotes.base.published import publication
from linernotes.base.settings import Settings
from linernotes.dashboard import page_addresses

# A page sets this two frames after all its parts are there; it is polled at every frame.
IS_DRAWN = "() => document.documentElement.hasAttribute('data-drawn')"
REPEATS, READERS = 5, 10
FIRST_PAGE_GOAL, FILTER_GOAL, DRILL_GOAL, MEMORY_GOAL = 2.0, 1.0, 1.5, 600


@dataclass(frozen=True)
class Times:
    """Seconds of repeated visits to one page."""

    empty_cache: list[float]
    filtered: list[float]


def look(browser: Browser, address: str, path: str) -> Times:
    """Opens a page with an empty browser cache, and changes a filter on it."""
    empty, filtered = [], []
    for repeat in range(REPEATS):
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        page = context.new_page()
        empty.append(timed(lambda page=page: opened(page, f"{address}{path}")))
        if page.locator("input[name=partner]").count():
            filtered.append(change_filter(page, repeat))
        context.close()
    return Times(empty, filtered)


def opened(page: Page, address: str) -> None:
    page.goto(address, wait_until="commit")
    page.wait_for_function(IS_DRAWN, polling="raf")


def change_filter(page: Page, repeat: int) -> float:
    """Seconds from the selection of a partner, a different one each time, to the new figures."""
    page.locator(".filters summary").click()
    boxes = page.locator("input[name=partner]")
    boxes.nth(repeat % boxes.count()).check()

    def apply() -> None:
        with page.expect_navigation(wait_until="commit"):
            page.get_by_role("button", name="Apply").click()
        page.wait_for_function(IS_DRAWN, polling="raf")

    return timed(apply)


def drill(browser: Browser, address: str) -> list[float]:
    """Seconds from a figure of Overview to its rows, for a fixed number of figures."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    opened(page, address)
    links = page.locator("main a[href*='/rows/']").evaluate_all("all => all.map(one => one.href)")
    times = [timed(lambda link=link: opened(page, link)) for link in links[: REPEATS * 2]]
    context.close()
    return times


def read_at_once(address: str) -> None:
    """Ten readers request every page at the same time."""

    def read(path: str) -> None:
        with urlopen(f"{address}{path}", timeout=120) as answer:
            answer.read()

    paths = [path for _, path in page_addresses()]
    with ThreadPoolExecutor(READERS) as pool:
        list(pool.map(read, paths * READERS))


def timed(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def resident_megabytes(process: int) -> float:
    """Memory of a process, from Linux's /proc."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def as_markdown(
    home: Path, started: float, times: dict[str, Times], drilled: list[float], memory: float
) -> str:
    settings = Settings(home=home)
    file = settings.published_root / publication(settings).file_name
    lines = [
        "# Dashboard",
        "",
        "Written by `python -m benchmarks.dashboard`.",
        "",
        machine(),
        f"- published file: {file.stat().st_size / 1e6:,.0f} MB",
        "",
        f"The server answers {started:.1f} s after its start. With {READERS} readers who ask for "
        f"every page at once it holds {memory:,.0f} MB (goal: {MEMORY_GOAL}).",
        "",
        f"Goals: a page in {FIRST_PAGE_GOAL:g} s, a changed filter in {FILTER_GOAL:g} s, the rows "
        f"of a figure in {DRILL_GOAL:g} s. Seconds until everything is drawn, in Chromium on the "
        f"same machine; the median and the longest of {REPEATS}.",
        "",
        "| page | empty browser cache | longest | changed filter | longest |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for name, found in times.items():
        cells = [
            f"{figure:.2f}" if seconds else "–"
            for seconds in (found.empty_cache, found.filtered)
            for figure in ((median(seconds), max(seconds)) if seconds else (0.0, 0.0))
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    lines += [
        "",
        f"From a figure of Overview to its rows: {median(drilled):.2f} s, at most "
        f"{max(drilled):.2f} s, over {len(drilled)} figures.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """The command line: measures, prints the results, and writes them to a file if one is given."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dashboard", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="a home with a published file")
    parser.add_argument("--out", type=Path, help="the Markdown file to write the results to")
    arguments = parser.parse_args()
    home = arguments.home.resolve()

    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        began = time.perf_counter()
        with dashboard(home, Path(folder) / "dashboard.log") as (address, process):
            started = time.perf_counter() - began
            times = {}
            for title, path in page_addresses():
                times[title] = look(browser, address, path)
                say(f"{title}: {median(times[title].empty_cache):.2f} s")
            drilled = drill(browser, address)
            read_at_once(address)
            memory = resident_megabytes(process)
    text = as_markdown(home, started, times, drilled, memory)
    print(text)
    if arguments.out:
        arguments.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
