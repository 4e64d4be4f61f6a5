"""The executive dashboard in a real browser: what the first screen answers, and what never happens.

One server over a copy of the edge cases' published file, in which months are issued and names are
hostile. That every figure equals its rows is tested without a browser.
"""

import csv
import io
import re
import shutil
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Literal

import duckdb
import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from benchmarks.browsing import wait_until_whole
from linernotes.base.ports import free_port
from linernotes.base.published import publication
from linernotes.base.settings import Settings
from linernotes.dashboard import page_addresses
from tests.browser.conftest import OTHER_HOST, Watched, copy_published, running

pytestmark = pytest.mark.browser

HOSTILE = "<script>document.title='owned'</script> **bold** <img src=x onerror=alert(1)> [a](b:c)"
PARTNER = "e38-partner"
PAGES = [*page_addresses(), ("Fair pay", "/promises/pay"), (HOSTILE, f"/partners/{PARTNER}")]
FIGURES = 30
SCREENS = {"desktop": (1440, 900), "phone": (390, 844)}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SMALLEST_TARGET = 24
SMALLEST_LETTERS = 11
# One of each kind of figure on Overview: due, a promise, a step, a month, a card.
WIDE_TABLES = ("checks", "contracts", "holds", "lines", "statements", "uses")
FIGURE_LINKS = (
    ".sentence a",
    ".tile .figure a",
    ".bridge .result a",
    ".months li:last-child a",
    ".cards:not(.large) .value a",
)
MOST_CLICKS = 3
BRIEFS = 4
# The inside of a sheet of A4 with the margins of a printed page, in pixels of CSS.
PAPER: ViewportSize = {"width": 703, "height": 1017}


@pytest.fixture(scope="module")
def settings(case_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home of our own: every month but the last issued, one name hostile."""
    settings = copy_published(case_home, tmp_path_factory.mktemp("dashboard"))
    file = settings.published_root / publication(settings).file_name
    with duckdb.connect(str(file)) as connection:
        connection.execute(
            "update marts.fct_statements set statement_state = 'issued', issued_at = known_at "
            "where report_month < (select max(report_month) from marts.fct_statements)"
        )
        connection.execute(
            "update marts.dim_partners set partner_name = ? where partner_id = ?",
            [HOSTILE, PARTNER],
        )
    return settings


@pytest.fixture(scope="module")
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser that keeps what it has loaded, as a reader's does."""
    context = chromium.new_context(accept_downloads=True)
    yield context
    context.close()


@pytest.fixture(scope="module")
def address(settings: Settings) -> Iterator[str]:
    with running(settings.home, free_port(), LINERNOTES_ALLOWED_HOSTS=OTHER_HOST) as found:
        yield found


@pytest.fixture
def open_page(address: str, visit: Callable[..., Watched]) -> Callable[..., Watched]:
    """Opens a page by its path, and waits until it is drawn."""

    def opened(path: str = "/", width: int = 1440) -> Watched:
        watched = visit(f"{address}{path}", width)
        wait_until_whole(watched.page)
        return watched

    return opened


def seen(page: Page, selector: str) -> list[str]:
    """What a person reads of each element on the first screen, without scrolling.

    A text counts if all of it lies in the window, nothing lies over it, and it is not tiny.
    """
    return page.evaluate(
        """([selector, smallest]) => [...document.querySelectorAll(selector)].map(root => {
            const lines = [];
            const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
            while (walker.nextNode()) {
                const text = walker.currentNode.textContent.trim();
                const parent = walker.currentNode.parentElement;
                const range = document.createRange();
                range.selectNodeContents(walker.currentNode);
                const boxes = [...range.getClientRects()];
                const isSeen = boxes.length && boxes.every(box => {
                    const x = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2;
                    const hit = document.elementFromPoint(x, y);
                    return box.left >= 0 && box.right <= innerWidth && box.top >= 0
                        && box.bottom <= innerHeight && hit && parent.contains(hit);
                });
                if (text && isSeen && parseFloat(getComputedStyle(parent).fontSize) >= smallest)
                    lines.push(text);
            }
            return lines.join(" ");
        })""",
        [selector, SMALLEST_LETTERS],
    )


@pytest.mark.parametrize("screen", SCREENS)
def test_first_screen_answers_promises_money_and_what_needs_me(
    open_page: Callable[..., Watched], screen: str
) -> None:
    """Fifteen seconds: are the promises kept, how much money, what needs me."""
    width, height = SCREENS[screen]
    page = open_page("/", width).page
    page.set_viewport_size({"width": width, "height": height})

    [sentence] = seen(page, ".sentence")
    tiles = seen(page, ".tile")
    [money] = seen(page, ".cards.large")
    items = {part: seen(page, f".items .item {part}") for part in (".amount", ".step", ".who")}

    assert sentence.startswith("For ")
    assert sentence.endswith("attention.")
    names = ("Agreements", "Choice", "Fair pay", "Credit", "Connection")
    assert [tile.split(verdict_in(tile))[0].strip() for tile in tiles] == [*names]
    change = r"([+−±][\d,.]+\s% vs|[\d,.]+ EUR in)\s\w{3}\s\d{4}"
    assert re.fullmatch(rf"Amount due [\d,.]+( M| bn)? EUR.* {change}.*", money)
    for texts in items.values():
        assert len(texts) == 5
        assert all(texts)


def verdict_in(text: str) -> str:
    [found] = re.findall("On target|At risk|Broken|Cannot tell", text)
    return found


def test_thirty_figures_are_two_clicks_from_rows_that_sum_to_them(
    open_page: Callable[..., Watched], address: str
) -> None:
    """One click, or two where a disclosure is opened first; the CSV file has the same rows."""
    checked = 0
    for path in ("/", "/promises/pay", "/promises/choice", "/promises/credit"):
        page = open_page(path).page
        _open_disclosures(page)
        links = page.locator("main a[href*='/rows/']:visible").all()
        for href in dict.fromkeys(link.get_attribute("href") or "" for link in links):
            if checked == FIGURES:
                break
            page.locator(f"main a[href='{href}']:visible").first.click()
            wait_until_whole(page)
            checked += _rows_sum_to_figure(page, address, href)
            page.go_back()
            wait_until_whole(page)
            _open_disclosures(page)

    assert checked == FIGURES


def test_rows_fit_every_width_and_their_numbers_are_numbers(
    open_page: Callable[..., Watched], address: str
) -> None:
    """Regression: names of checks made the page wider than its window; weights read 0E-9."""
    cards = open_page("/usage").page.locator("main .card .value a").all()
    hrefs = [card.get_attribute("href") or "" for card in cards]
    page = open_page("/").page

    for path in (*hrefs, *(f"/rows/table/{name}" for name in WIDE_TABLES)):
        page.goto(f"{address}{path}")
        wait_until_whole(page)
        for width in (390, 900, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            fits = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
            assert fits, f"{path} at {width}"
        cells = page.locator("main tbody td").all_inner_texts()
        assert not [text for text in cells if re.fullmatch(r"0E-\d+|\d+\.\d{7,}", text)], path


@pytest.mark.parametrize("figure", FIGURE_LINKS)
def test_figure_of_overview_is_three_clicks_from_a_trace(
    open_page: Callable[..., Watched], figure: str
) -> None:
    """The figure, a row, and where that is a sum itself a row of it."""
    page = open_page("/").page

    page.locator(figure).first.click()
    clicks = 1
    wait_until_whole(page)
    while "/trace/" not in page.url and clicks < MOST_CLICKS:
        page.locator("main tbody th a").first.click()
        clicks += 1
        wait_until_whole(page)

    assert "/trace/" in page.url, f"{figure} leads to {page.url}"


def _open_disclosures(page: Page) -> None:
    while (closed := page.locator("main details.behind:not([open]) > summary:visible")).count():
        closed.first.click()


def _rows_sum_to_figure(page: Page, address: str, href: str) -> bool:
    """Whether the page of rows has a sum; if so, its CSV file has it too, and so has the figure."""
    names = page.locator("dl.facts dt").all_inner_texts()
    values = page.locator("dl.facts dd").all_inner_texts()
    # Of a quotient the first part is looked at.
    facts = dict(reversed(list(zip(names, values, strict=True))))
    total = facts.get("Sum of the rows")
    if total is None or facts["Rows"] == "0":
        return False
    assert facts.get("Figure", total) == total, href
    csv_href = page.locator("a.csv").first.get_attribute("href") or ""
    text = page.request.get(f"{address}{csv_href}").text()
    assert _rounded(_counted_sum(text), total) == total, href
    return True


def _counted_sum(text: str) -> Decimal:
    """What the column of a CSV file comes to that says what each row counts."""
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))
    head = next(number for number, row in enumerate(rows) if not row) + 1
    place = next(at for at, name in enumerate(rows[head]) if name.startswith("Counted"))
    return sum((Decimal(row[place] or 0) for row in rows[head + 1 :]), Decimal(0))


def _rounded(number: Decimal, like: str) -> str:
    """A number with as many decimals as a text has, written as pages write it."""
    decimals = len(like.partition(".")[2])
    exact = number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return f"{exact:,f}".replace("-", "−")


@pytest.mark.parametrize(("title", "path"), PAGES, ids=[path for _, path in PAGES])
def test_page_fits_every_width_without_error_or_request_outside(
    open_page: Callable[..., Watched], title: str, path: str
) -> None:
    watched = open_page(path, SCREENS["phone"][0])

    page = watched.page
    for width in (390, 720, 1440, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        expect(page.get_by_role("heading", name=title, exact=True, level=1)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.set_viewport_size({"width": 390, "height": 844})
    scrollers = page.evaluate(
        """() => [...document.querySelectorAll('main *')].filter(one =>
            ['auto', 'scroll'].includes(getComputedStyle(one).overflowY)).length"""
    )
    assert scrollers == 0
    assert watched.errors == []
    assert watched.outside == []


@pytest.mark.parametrize(("title", "path"), PAGES, ids=[path for _, path in PAGES])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_page_has_nothing_that_axe_finds(
    open_page: Callable[..., Watched],
    title: str,
    path: str,
    scheme: Literal["light", "dark"],
) -> None:
    page = open_page(path).page
    page.emulate_media(color_scheme=scheme)

    found = Axe().run(page)

    assert found.violations_count == 0, f"{title}: {found.generate_report()}"


@pytest.mark.parametrize(("title", "path"), PAGES, ids=[path for _, path in PAGES])
@pytest.mark.parametrize("width", [390, 1440])
def test_targets_are_large_enough_for_a_finger(
    open_page: Callable[..., Watched], width: int, title: str, path: str
) -> None:
    """24 pixels each way, but for links within a sentence."""
    page = open_page(path, width).page
    page.locator(".filters summary").first.click() if page.locator(".filters").count() else None

    small = page.evaluate(
        """least => [...document.querySelectorAll('a, button, summary, select, label')]
            .filter(one => !one.closest('p, caption, .skip') && one.checkVisibility())
            .map(one => [one.textContent.trim(), one.getBoundingClientRect()])
            .filter(([, box]) => box.height && (box.height < least || box.width < least))
            .map(([text, box]) => `${text}: ${box.width} x ${box.height}`)""",
        SMALLEST_TARGET - 0.5,
    )

    assert small == [], title


@pytest.mark.parametrize("scheme", SCHEMES)
def test_estimates_can_be_told_from_issued_months_by_three_to_one(
    open_page: Callable[..., Watched], scheme: Literal["light", "dark"]
) -> None:
    """The outline of every estimate against the ground, as it is drawn."""
    page = open_page("/").page
    page.emulate_media(color_scheme=scheme)

    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    drawn = page.evaluate(
        """() => [...document.querySelectorAll('.mark.estimate, .dot.estimate')].map(one => {
            const style = getComputedStyle(one);
            return [style.stroke, parseFloat(style.strokeWidth), style.opacity];
        })"""
    )

    assert drawn
    for stroke, width, opacity in drawn:
        assert contrast(stroke, ground) >= 3
        assert width >= 1.5
        assert opacity == "1"


def contrast(one: str, other: str) -> float:
    lights = sorted((luminance(one), luminance(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_filter_is_chosen_by_keyboard_and_kept_on_every_page(
    open_page: Callable[..., Watched],
) -> None:
    page = open_page("/compensation").page

    page.locator(".filters summary").focus()
    page.keyboard.press("Enter")
    page.get_by_label("e07", exact=False).first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")

    expect(page.locator(".chips li")).to_have_count(1)
    assert "e07" in page.url
    page.get_by_role("link", name="Needs attention").first.click()
    wait_until_whole(page)
    page.go_back()
    wait_until_whole(page)
    page.locator(".chips a").click()
    wait_until_whole(page)
    assert "e07" not in page.url


@pytest.mark.parametrize("host", ["127.0.0.1", OTHER_HOST])
def test_link_with_its_filter_is_copied(chromium: Browser, address: str, host: str) -> None:
    """Also from a page without encryption, where a browser has no clipboard interface."""
    link = f"{address.replace('127.0.0.1', host)}/compensation?partner={PARTNER}"
    context = chromium.new_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    page = context.new_page()
    page.goto(link)
    assert page.evaluate("Boolean(navigator.clipboard)") == (host != OTHER_HOST)

    page.get_by_role("button", name="Copy link").click()

    expect(page.locator("[data-copy-result]")).to_have_text("Link copied.")
    expect(page.get_by_label("Link to this page")).to_be_hidden()
    page.goto(f"{address}/health")
    assert page.evaluate("navigator.clipboard.readText()") == link
    context.close()


def test_link_is_shown_where_the_browser_refuses_to_copy_it(
    open_page: Callable[..., Watched],
) -> None:
    page = open_page("/compensation?from=2026-02").page
    page.evaluate(
        """navigator.clipboard.writeText = () => Promise.reject(new Error("refused"));
        document.execCommand = () => false"""
    )

    page.get_by_role("button", name="Copy link").click()

    expect(page.get_by_label("Link to this page")).to_have_value(page.url)
    expect(page.locator("[data-copy-result]")).to_have_text("Copy the link from this field.")
    assert page.evaluate("getSelection().toString()") == page.url
    assert Axe().run(page).violations_count == 0


def test_long_table_is_folded_on_a_phone_and_whole_on_paper(
    open_page: Callable[..., Watched], tmp_path: Path
) -> None:
    page = open_page("/incidents", SCREENS["phone"][0]).page
    table = page.locator(".table").filter(has=page.locator("details.more")).last
    rows = table.locator("tbody tr")
    count = rows.count()

    expect(rows.locator("visible=true")).to_have_count(5)
    table.get_by_text(f"Show {count - 5} more rows").click()
    expect(rows.locator("visible=true")).to_have_count(count)
    table.get_by_text("Show the first 5 rows").click()
    expect(rows.locator("visible=true")).to_have_count(5)
    page.emulate_media(media="print")
    expect(rows.locator("visible=true")).to_have_count(count)
    assert count > 8


def test_hostile_name_is_shown_as_text(open_page: Callable[..., Watched]) -> None:
    watched = open_page(f"/compensation?partner={PARTNER}")

    page = watched.page
    expect(page.locator(".chosen")).to_contain_text(HOSTILE)
    assert page.title() == "Compensation – Linernotes"
    assert page.locator("img[src=x]").count() == 0
    assert watched.errors == []


def test_page_prints_without_menu_and_buttons(
    open_page: Callable[..., Watched], tmp_path: Path
) -> None:
    """Ctrl+P gives what the button gives."""
    page = open_page("/").page

    (tmp_path / "overview.pdf").write_bytes(page.pdf(prefer_css_page_size=True))

    document = pypdfium2.PdfDocument(tmp_path / "overview.pdf")
    text = document[0].get_textpage().get_text_bounded()
    document.close()
    assert "Amount due" in text
    assert "Fair pay" in text
    assert "Copy link" not in text


def test_brief_of_a_partner_prints_to_one_page(
    open_page: Callable[..., Watched], address: str, tmp_path: Path
) -> None:
    """Those who are owed most have the fullest ones; no table runs into the next column."""
    page = open_page("/partners").page
    table = page.locator("main table").first
    links = table.locator("a[href^='/partners/']").evaluate_all("all => all.map(a => a.href)")
    briefs = [f"{address}/partners/{PARTNER}", *links[:BRIEFS]]

    for brief in briefs:
        page.goto(brief)
        wait_until_whole(page)
        (tmp_path / "brief.pdf").write_bytes(page.pdf(prefer_css_page_size=True))
        page.emulate_media(media="print")
        page.set_viewport_size(PAPER)
        too_wide = page.evaluate(
            """() => [...document.querySelectorAll('main table')]
                .filter(one => one.checkVisibility())
                .filter(one => one.scrollWidth > one.parentElement.clientWidth + 1)
                .map(one => one.caption.textContent)"""
        )
        page.emulate_media(media="null")
        document = pypdfium2.PdfDocument(tmp_path / "brief.pdf")
        pages = len(document)
        document.close()
        assert pages == 1, brief
        assert too_wide == [], brief

    assert len(briefs) > BRIEFS


def test_table_downloads_as_csv(open_page: Callable[..., Watched], tmp_path: Path) -> None:
    page = open_page("/partners").page

    with page.expect_download() as download:
        page.locator("a.csv:visible").first.click()
    download.value.save_as(tmp_path / "table.csv")

    assert download.value.suggested_filename.endswith(".csv")
    assert "Publication" in (tmp_path / "table.csv").read_text(encoding="utf-8-sig")


def test_open_page_tells_of_what_is_published_meanwhile(
    open_page: Callable[..., Watched], settings: Settings
) -> None:
    watched = open_page("/removals")
    old = settings.published_root / publication(settings).file_name
    new = old.with_name("linernotes-000098-20261226T073000.duckdb")
    for path in settings.published_root.glob(f"{old.stem}*"):
        shutil.copy(path, path.with_name(path.name.replace(old.stem, new.stem)))
    pointer = settings.published_root / "current.json"
    pointer.write_text(pointer.read_text().replace(old.name, new.name))

    note = watched.page.locator(".newer")
    expect(note).to_contain_text("Newer data", timeout=30_000)
    note.get_by_role("link").click()
    wait_until_whole(watched.page)
    assert watched.page.locator("#whole").get_attribute("data-publication") == new.name
    assert watched.errors == []
