"""The documentation site: it builds without a warning, and loads nothing from other hosts.

Other tests check the content of the pages.
"""

import re
from pathlib import Path

from linernotes.base.settings import PROJECT_ROOT

LOADING = r"<(?:script|link|img|iframe|source)\b[^>]*?(?:src|href)=[\"']?((?:https?:)?//[^\"' >]+)"
STYLED = r"(?:url\(|@import\s*)[\"']?((?:https?:)?//[^\"')]+)"


def test_site_has_a_page_for_each_document(site: Path) -> None:
    documents = PROJECT_ROOT / "docs"

    missing = [
        str(path.relative_to(documents))
        for path in documents.rglob("*.md")
        if not (site / path.relative_to(documents)).with_suffix(".html").exists()
        and not (site / path.relative_to(documents).parent / "index.html").exists()
    ]

    assert not missing


def test_site_loads_nothing_from_outside(site: Path) -> None:
    pages = "\n".join(path.read_text(encoding="utf-8") for path in site.rglob("*.html"))
    styles = "\n".join(path.read_text(encoding="utf-8") for path in site.rglob("*.css"))

    outside = re.findall(LOADING, pages) + re.findall(STYLED, pages + styles)

    assert not outside
    # With a diagram the theme would load its renderer.
    assert 'class="mermaid"' not in pages
