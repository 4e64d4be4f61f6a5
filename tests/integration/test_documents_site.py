"""The documentation site: it builds without a warning, and loads nothing from other hosts.

Other tests check the content of the pages.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from linernotes.base.settings import PROJECT_ROOT

LOADING = r"<(?:script|link|img|iframe|source)\b[^>]*?(?:src|href)=[\"']?((?:https?:)?//[^\"' >]+)"
STYLED = r"(?:url\(|@import\s*)[\"']?((?:https?:)?//[^\"')]+)"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documents") / "site"
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    built = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return folder


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
