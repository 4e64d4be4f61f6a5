"""Makes the pictures of the README from a demo's home: the dashboard, and a partner's statement.

`browsing.py` runs the browser and the server.
"""

import argparse
import tempfile
from pathlib import Path

import pypdfium2
from PIL import Image

from benchmarks.browsing import chromium, dashboard, wait_until_whole
from benchmarks.run import ROOT, print_line
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings

FOLDER = ROOT / "docs" / "pictures"
WIDTH, HEIGHT = 1440, 900
PAGE_WIDTH = 900


def picture_dashboard(home: Path, path: Path) -> None:
    """The first page."""
    with (
        tempfile.TemporaryDirectory() as folder,
        chromium() as browser,
        dashboard(home, Path(folder) / "dashboard.log") as (address, _),
    ):
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        page.goto(address)
        wait_until_whole(page)
        taken = Path(folder) / "dashboard.png"
        page.screenshot(path=taken)
        save(Image.open(taken), path)


def picture_statement(settings: Settings, path: Path) -> None:
    """The first page of the first partner's newest issued statement; the last month is a draft.

    Raises:
        LinernotesError: if no package has been written.
    """
    partners = sorted(settings.outbox_root.glob("*"))
    issued = sorted(partners[0].glob("*/v*/statement.pdf"))[:-1] if partners else []
    if not issued:
        raise LinernotesError(f"There is no statement in {settings.outbox_root}: run `make demo`.")
    document = pypdfium2.PdfDocument(issued[-1])
    first = document[0]
    save(first.render(scale=PAGE_WIDTH / first.get_width()).to_pil(), path)


def save(picture: Image.Image, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.convert("RGB").save(path, optimize=True)
    print_line(f"{path}: {path.stat().st_size / 1000:,.0f} kB")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pictures", description=__doc__)
    parser.add_argument("--home", type=Path, help="a demo's home; else where `make demo` made it")
    arguments = parser.parse_args()
    settings = Settings(home=(arguments.home or Settings().home / "demo").resolve())

    picture_dashboard(settings.home, FOLDER / "dashboard.png")
    picture_statement(settings, FOLDER / "statement.png")


if __name__ == "__main__":
    main()
