"""Writes the pages of the feeds into docs/feeds, from the contracts.

A test compares the pages with the result.
"""

from pathlib import Path

from linernotes.ingestion import FEEDS, page

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "feeds"


def pages() -> dict[Path, str]:
    """All pages by path."""
    sources = sorted({feed.partition("/")[0] for feed in FEEDS})
    return {FOLDER / f"{source}.md": page(source) for source in sources}


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
