"""A dashboard for a home, and a real browser, for measurements, pictures and tests.

The callers decide which pages they open.
"""

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from linernotes.base.errors import LinernotesError
from linernotes.base.ports import free_port

STARTS_WITHIN_SECONDS = 60
WHOLE_WITHIN_MILLISECONDS = 30_000
NAMES_OF_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def chromium_file() -> str:
    """The path of the system's Chromium.

    Raises:
        LinernotesError: if there is none.
    """
    found = next(filter(None, map(shutil.which, NAMES_OF_CHROMIUM)), None)
    if found is None:
        raise LinernotesError("There is no Chromium: install it by `make browser`.")
    return found


@contextmanager
def chromium(*options: str) -> Generator[Browser]:
    """A browser without a window; for the superuser it runs without a sandbox."""
    arguments = [*options, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_file(), args=arguments)
        yield browser
        browser.close()


@contextmanager
def dashboard(
    home: Path, log: Path, port: int | None = None, **variables: str
) -> Generator[tuple[str, int]]:
    """Runs `linernotes dashboard` for a home, and yields its address and its process.

    Raises:
        LinernotesError: if it does not start.
    """
    port = port or free_port()
    command = [sys.executable, "-c", "from linernotes.cli.app import main; main()"]
    command += ["--home", str(home), "dashboard", "--port", str(port)]
    environment = {name: text for name, text in os.environ.items() if "LINERNOTES" not in name}
    with log.open("w") as written:
        process = subprocess.Popen(
            command, env=environment | variables, stdout=written, stderr=written, cwd=log.parent
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(address, process, log)
            yield address, process.pid
        finally:
            process.terminate()
            process.wait(timeout=STARTS_WITHIN_SECONDS)


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < ends and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise LinernotesError(f"The dashboard did not start at {address}; it wrote {log}.")


def wait_until_whole(page: Page) -> None:
    """Waits until the page is drawn; its script reports this two frames after the last part."""
    expect(page.locator("html[data-drawn]")).to_be_attached(timeout=WHOLE_WITHIN_MILLISECONDS)
