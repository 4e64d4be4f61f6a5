"""One home, one server and one Chromium for all tests in the browser.

The home is a copy of the edge cases' built one, so that publications can be swapped in it.
"""

import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from benchmarks import browsing
from linernotes.base.settings import Settings

# A name of this machine that is not its loopback's: to a browser, pages from there are insecure.
OTHER_HOST = "dashboard.example"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with browsing.chromium(f"--host-resolver-rules=MAP {OTHER_HOST} 127.0.0.1") as browser:
        yield browser


@contextmanager
def running(home: Path, port: int, **variables: str) -> Generator[str]:
    """Runs `linernotes dashboard` over a home, and yields its address."""
    with browsing.dashboard(home, home / "dashboard.log", port, **variables) as (address, _):
        yield address


def copy_published(home: Path, to: Path) -> Settings:
    """A home of its own with what another has published."""
    settings = Settings(home=to)
    # Of the content alone: nobody may write to a published file, and tests do.
    shutil.copytree(
        Settings(home=home).published_root, settings.published_root, copy_function=shutil.copyfile
    )
    return settings


class Watched:
    """A browser page, and what it did that it should not."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        self.outside: list[str] = []
        page.on("console", lambda stated: self._hear(stated.type, stated.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self._see(request.url))
        page.on("websocket", lambda socket: self._see(socket.url))

    def _hear(self, kind: str, text: str) -> None:
        if kind == "error":
            self.errors.append(text)

    def _see(self, url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")):
            self.outside.append(url)


@pytest.fixture
def visit(context: BrowserContext) -> Iterator[Callable[..., Watched]]:
    """Opens addresses in windows of a given width, in what the module calls `context`."""
    opened = []

    def open_page(address: str, width: int = 1440) -> Watched:
        page = context.new_page()
        opened.append(page)
        page.set_viewport_size({"width": width, "height": 900})
        watched = Watched(page)
        page.goto(address)
        return watched

    yield open_page
    for page in opened:
        page.close()
