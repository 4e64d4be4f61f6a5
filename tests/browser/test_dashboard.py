"""The executive dashboard in a real browser: what the first screen answers, and what never happens.

One server over a copy of the edge cases' published file, in which months are issued and names are
hostile. That every figure equals its rows is tested without a browser.
"""

import csv
import io
import shutil
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Literal

import duckdb
import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from benchmarks.browsing import wait_until_whole
from linernotes.base.ports import free_port
from linernotes.base.published import publication
from linernotes.base.settings import Settings
from linernotes.dashboard import page_addresses
from tests.browser.conftest import Watched, copy_published, running

pytestmark = pytest.mark.browser

HOSTILE = "<script>document.title='owned'</script> **bold** <img src=x onerror=alert(1)> [a](b:c)"
PARTNER = "e38-partner"
PAGES = [*page_addresses(), ("Fair pay", "/promises/pay"), (HOSTILE, f"/partners/{PARTNER}")]
FIGURES = 30
SCREENS = {"desktop": (1440, 900), "phone": (390, 844)}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SMALLEST_TARGET = 24


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
    with running(settings.home, free_port()) as found:
        yield found


@pytest.fixture
def open_page(address: str, visit: Callable[..., Watched]) -> Callable[..., Watched]:
    """Opens a page by its path, and waits until it is drawn."""

    def opened(path: str = "/", width: int = 1440) -> Watched:
        watched = visit(f"{address}{path}", width)
        wait_until_whole(watched.page)
        return watched

    return opened


def text_on_screen(page: Page, height: int) -> str:
    """What is read without scrolling."""
    return page.evaluate(
        """height => {
            const lines = [];
            const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            while (walker.nextNode()) {
                const range = document.createRange();
                range.selectNodeContents(walker.currentNode);
                const box = range.getBoundingClientRect();
                if (box.width > 1 && box.height > 1 && box.bottom <= height && box.top >= 0)
                    lines.push(walker.currentNode.textContent.trim());
            }
            return lines.filter(Boolean).join("\\n");
        }""",
        height,
    )


@pytest.mark.parametrize("screen", SCREENS)
def test_first_screen_answers_promises_money_and_what_needs_me(
    open_page: Callable[..., Watched], screen: str
) -> None:
    """Fifteen seconds: are the promises kept, how much money, what needs me."""
    width, height = SCREENS[screen]
    page = open_page("/", width).page
    page.set_viewport_size({"width": width, "height": height})

    text = text_on_screen(page, height)

    verdicts = ("On target", "At risk", "Broken", "Cannot tell")
    assert sum(text.count(verdict) for verdict in verdicts) >= 5
    for promise in ("Agreements", "Choice", "Fair pay", "Credit", "Connection"):
        assert promise in text
    assert "Amount due" in text
    assert "EUR" in text
    items = page.locator(".items .item")
    assert items.count() == 5
    last = items.nth(4).bounding_box()
    assert last
    assert last["y"] + last["height"] <= height
    for item in items.all():
        assert item.locator(".amount").inner_text()
        assert item.locator(".step").inner_text()
        assert item.locator(".who").inner_text()


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


@pytest.mark.parametrize("width", [390, 1440])
def test_targets_are_large_enough_for_a_finger(
    open_page: Callable[..., Watched], width: int
) -> None:
    """24 pixels each way, but for links within a sentence."""
    page = open_page("/compensation", width).page

    small = page.evaluate(
        """least => [...document.querySelectorAll('main a, main button, main summary')]
            .filter(one => !one.closest('p, caption') && one.offsetParent)
            .map(one => [one.textContent.trim(), one.getBoundingClientRect().height])
            .filter(([, height]) => height > 0 && height < least)""",
        SMALLEST_TARGET - 0.5,
    )

    assert small == []


def test_estimates_can_be_told_from_issued_months_by_three_to_one(
    open_page: Callable[..., Watched],
) -> None:
    """The outline of an estimate against the ground, in both schemes."""
    page = open_page("/").page
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        colours = page.evaluate(
            """() => ['--mark', '--ground'].map(
                name => getComputedStyle(document.documentElement).getPropertyValue(name).trim())"""
        )

        assert contrast(*colours) >= 3


def contrast(one: str, other: str) -> float:
    lights = sorted((luminance(one), luminance(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
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
    open_page: Callable[..., Watched], tmp_path: Path
) -> None:
    page = open_page(f"/partners/{PARTNER}").page

    (tmp_path / "brief.pdf").write_bytes(page.pdf(prefer_css_page_size=True))

    document = pypdfium2.PdfDocument(tmp_path / "brief.pdf")
    pages = len(document)
    document.close()
    assert pages == 1


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
