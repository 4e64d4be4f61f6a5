"""Measures the dashboard in a real browser, over the published file of a home: `DASHBOARD.md`.

How the browser and the server run is `browsing.py`'s; nothing is written into the home.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page

from benchmarks.browsing import chromium, dashboard
from benchmarks.results import machine
from benchmarks.run import say
from linernotes.base.published import publication
from linernotes.base.settings import Settings
from linernotes.dashboard import page_addresses

# Asked at every frame that the browser draws; Playwright's own waiting asks up to a second later.
IS_WHOLE = """chosen => {
    const app = document.querySelector('[data-testid=stApp]');
    const about = document.querySelector('.ln-chosen');
    return document.querySelector('.ln-end') !== null
        && app.getAttribute('data-test-script-state') === 'notRunning'
        && about !== null && about.textContent.includes(chosen);
}"""
REPEATS = 5
FIRST_PAGE_GOAL, FILTER_GOAL = 2.0, 1.0


@dataclass(frozen=True)
class Times:
    """Seconds of repeated looks at one page."""

    empty_cache: list[float]
    again: list[float]
    filtered: list[float]


def look(browser: Browser, address: str) -> Times:
    """Opens a page with an empty browser cache, again, and changes a filter on it."""
    empty, again, filtered = [], [], []
    for repeat in range(REPEATS):
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        page = context.new_page()
        empty.append(timed(lambda page=page: opened(page, address)))
        again.append(timed(lambda page=page: opened(page, address)))
        filtered.append(change_filter(page, repeat))
        context.close()
    return Times(empty, again, filtered)


def opened(page: Page, address: str) -> None:
    page.goto(address, wait_until="commit")
    page.wait_for_function(IS_WHOLE, arg="", polling="raf")


def change_filter(page: Page, repeat: int) -> float:
    """Seconds from the choice of a partner, another one each time, to the new figures."""
    page.get_by_role("combobox", name="Partner").click()
    # The first option of the list is all of them.
    options = page.get_by_role("option")
    option = options.nth(1 + repeat % (options.count() - 1))
    name = option.inner_text()

    def choose() -> None:
        option.click()
        page.wait_for_function(IS_WHOLE, arg=name, polling="raf")

    return timed(choose)


def timed(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def resident_megabytes(process: int) -> float:
    """Memory of a process, as Linux tells it."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def as_markdown(home: Path, started: float, times: dict[str, Times], memory: float) -> str:
    settings = Settings(home=home)
    file = settings.published_root / publication(settings).file_name
    first = next(iter(times.values())).empty_cache[0]
    lines = [
        "# Dashboard",
        "",
        "Written by `python -m benchmarks.dashboard`.",
        "",
        machine(),
        f"- published file: {file.stat().st_size / 1e6:,.0f} MB",
        "",
        f"The server answers {started:.1f} s after its start; the very first page then takes "
        f"{first:.1f} s. In the end the server holds {memory:,.0f} MB.",
        "",
        f"Goals: a page in {FIRST_PAGE_GOAL:g} s, a changed filter in {FILTER_GOAL:g} s. Seconds "
        "until the last part is shown, in Chromium on the same machine; the median and the longest "
        f"of {REPEATS}.",
        "",
        "| page | empty browser cache | longest | again | longest | changed filter | longest |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, found in times.items():
        cells = [
            f"{figure:.2f}"
            for seconds in (found.empty_cache, found.again, found.filtered)
            for figure in (median(seconds), max(seconds))
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """The command line: measures, then prints the results and writes them where told."""
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
            for title, place in page_addresses():
                times[title] = look(browser, f"{address}/{place}")
                say(f"{title}: {median(times[title].empty_cache):.2f} s")
            memory = resident_megabytes(process)
    text = as_markdown(home, started, times, memory)
    print(text)
    if arguments.out:
        arguments.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
