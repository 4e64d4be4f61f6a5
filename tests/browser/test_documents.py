"""The site of the documents and dbt's page of the tables, read from a disk without a server.

That the site builds, and that no page names another host, is tested without a browser.
"""

import json
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from benchmarks import table_pages
from linernotes.base.settings import Settings
from linernotes.warehouse import PUBLIC_SCHEMAS, target_folder

pytestmark = pytest.mark.browser


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser that reads files of this machine, and nothing else."""
    context = chromium.new_context(offline=True)
    requested: list[str] = []
    context.on("request", lambda request: requested.append(request.url))
    yield context
    context.close()
    assert [url for url in requested if not url.startswith(("file:", "data:", "blob:"))] == []


def test_site_is_searched_without_a_server(context: BrowserContext, site: Path) -> None:
    """Search answered only where a web server gave the pages."""
    page = context.new_page()
    page.goto((site / "operators" / "restore.html").as_uri())

    page.get_by_label("Search", exact=True).first.click()
    expect(page.locator(".md-search-result__meta")).to_have_text("Type to start searching")
    # It listens to keys.
    page.get_by_placeholder("Search").press_sequentially("webhook")

    found = page.locator(".md-search-result__item a").first
    expect(found).to_be_visible(timeout=30_000)
    found.click()
    expect(page.locator("article")).to_contain_text("webhook")
    assert page.url.startswith(site.as_uri())


def test_page_of_the_tables_says_the_types_of_published_columns(
    context: BrowserContext, case_home: Path, tmp_path: Path
) -> None:
    """The page was made of an empty catalog, so that no column had a type."""
    manifest = target_folder(Settings(home=case_home)) / "manifest.json"
    catalog = table_pages.catalog(json.loads(manifest.read_text(encoding="utf-8")))
    untyped = {
        (name, column["name"])
        for name, entry in catalog.items()
        for column in entry["columns"].values()
        if entry["metadata"]["schema"] in PUBLIC_SCHEMAS and not column["type"]
    }
    assert len(catalog) > 100
    assert not untyped
    write_dbt_page(tmp_path, manifest)
    page = context.new_page()

    (tmp_path / "tables.html").write_text(table_pages.page(tmp_path), encoding="utf-8")
    page.goto((tmp_path / "tables.html").as_uri() + "#!/model/model.linernotes.fct_statements")

    row = page.locator("tr", has_text="payable_amount").first
    expect(row).to_contain_text(
        catalog["model.linernotes.fct_statements"]["columns"]["payable_amount"]["type"]
    )


def write_dbt_page(folder: Path, manifest: Path) -> None:
    """Writes what `dbt docs generate --static --empty-catalog` does, without the time it takes."""
    docs = find_spec("dbt.task.docs")
    assert docs
    assert docs.submodule_search_locations
    text = (Path(docs.submodule_search_locations[0]) / "index.html").read_text(encoding="utf-8")
    empty = '{"metadata": {}, "nodes": {}, "sources": {}, "errors": null}'
    (folder / "manifest.json").write_bytes(manifest.read_bytes())
    (folder / "catalog.json").write_text(empty, encoding="utf-8")
    text = text.replace('"MANIFEST.JSON INLINE DATA"', manifest.read_text(encoding="utf-8"))
    (folder / "static_index.html").write_text(
        text.replace('"CATALOG.JSON INLINE DATA"', empty), encoding="utf-8"
    )
