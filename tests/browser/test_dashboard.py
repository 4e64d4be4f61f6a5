"""The executives' pages in a real browser: what they show, keep, and never do.

One server over a copy of the edge cases' published file, in which months are issued and names are
hostile. What figures are is tested with the models and the metrics.
"""

import csv
import json
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pypdfium2
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from benchmarks.browsing import wait_until_whole
from linernotes.base.ports import free_port
from linernotes.base.published import publication
from linernotes.base.settings import Settings
from linernotes.dashboard.formats import Money, money_text, month_text
from linernotes.dashboard.views import PAGES
from tests.browser.conftest import Watched, copy_published, running

pytestmark = pytest.mark.browser

HOSTILE = "<script>document.title='owned'</script> **bold** <img src=x onerror=alert(1)> [a](b:c)"
FORMULA = '=HYPERLINK("http://evil.example";"Pay")'
# A partner with a payable statement, and the months of the cases.
PARTNER, PRODUCT = "e38-partner", "e38"
DESKTOP, PHONE = 1440, 390


@pytest.fixture(scope="module")
def settings(case_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home of our own: every month but the last issued, one name hostile, one a formula."""
    settings = copy_published(case_home, tmp_path_factory.mktemp("dashboard"))
    file = settings.published_root / publication(settings).file_name
    with duckdb.connect(str(file)) as connection:
        for table in ("reports.rpt_partner__compensation_statement", "marts.fct_statements"):
            connection.execute(
                f"update {table} set statement_state = 'issued', issued_at = known_at "
                f"where report_month < (select max(report_month) from {table})"
            )
        connection.execute(
            "update marts.dim_products set product_name = ? where product_id = ?",
            [HOSTILE, PRODUCT],
        )
        connection.execute(
            "update marts.dim_partners set partner_name = ? where partner_id = ?",
            [FORMULA, PARTNER],
        )
    return settings


@pytest.fixture(scope="module")
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser that keeps the scripts that it has loaded, as a reader's does."""
    context = chromium.new_context(accept_downloads=True)
    yield context
    context.close()


@pytest.fixture(scope="module")
def address(settings: Settings) -> Iterator[str]:
    with running(settings.home, free_port()) as found:
        yield found


@pytest.fixture
def open_page(address: str, visit: Callable[..., Watched]) -> Callable[..., Watched]:
    """Opens a page by its address in the menu, and waits until it is whole."""

    def opened(place: str = "", width: int = DESKTOP) -> Watched:
        watched = visit(f"{address}/{place}", width)
        wait_until_whole(watched.page)
        return watched

    return opened


def table(page: Page, name: str) -> Locator:
    return page.locator(f".ln-scroll[aria-label='{name}']").first


def ask(settings: Settings, sql: str) -> list[tuple]:
    file = settings.published_root / publication(settings).file_name
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(sql).fetchall()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.ADDRESS)
def test_page_is_shown_at_every_width_without_error_or_request_outside(
    open_page: Callable[..., Watched], page: Any
) -> None:
    watched = open_page(page.ADDRESS, PHONE)

    shown = watched.page
    for width in (PHONE, DESKTOP):
        shown.set_viewport_size({"width": width, "height": 900})
        expect(shown.get_by_role("heading", name=page.TITLE, exact=True)).to_be_visible()
        assert shown.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        for drawing in shown.locator("[data-testid=stVegaLiteChart]").all():
            assert drawing.evaluate("drawing => drawing.clientWidth") <= width
    assert watched.errors == []
    assert watched.outside == []
    assert shown.locator("[data-testid=stException]").count() == 0
    # The page about quality warns of checks that do not hold; others, of figures that are missing.
    assert page.ADDRESS == "quality" or shown.locator(".ln-warning").count() == 0


def test_compensation_totals_equal_the_statements_to_the_cent(
    open_page: Callable[..., Watched], settings: Settings
) -> None:
    [(first, last)] = ask(
        settings, "select min(report_month), max(report_month) from marts.fct_statements"
    )
    expected = ask(
        settings,
        "select currency_code, sum(payable_amount), sum(held_amount) from marts.fct_statements "
        "group by all order by all",
    )

    page = open_page(f"compensation?from={first:%Y-%m}&to={last:%Y-%m}").page

    cards = {
        card.locator(".ln-label").inner_text(): card.locator(".ln-value").inner_text()
        for card in page.locator(".ln-card").all()
    }
    rows = {
        (cells := row.locator("td").all_inner_texts())[0]: cells
        for row in table(page, "payouts-by-currency").locator("tbody tr").all()
    }
    assert len(expected) > 2
    for currency, payable, held in expected:
        assert cards[f"Payable, {currency}"] == money_text(Money(payable, currency))
        assert rows[currency][-1] == money_text(Money(payable, currency))
        assert rows[currency][2] == money_text(Money(-held, currency))
    assert cards.keys() == {f"Payable, {currency}" for currency, _, _ in expected}


def test_choice_without_money_says_so_and_what_to_do(open_page: Callable[..., Watched]) -> None:
    page = open_page("compensation?partner=e01-partner&product=e38").page

    expect(page.locator(".ln-empty")).to_contain_text("clear a filter")
    assert page.locator(".ln-value").count() == 0


def test_home_with_nothing_published_or_no_statement_says_what_to_do(
    visit: Callable[..., Watched], case_home: Path, tmp_path: Path
) -> None:
    with running(tmp_path, free_port()) as address:
        watched = visit(f"{address}/compensation")
        told = watched.page.locator(".ln-empty")
        expect(told).to_contain_text("linernotes build")

        publish_without_statements(case_home, tmp_path)
        expect(told).to_contain_text("has no statement yet", timeout=30_000)
    assert watched.errors == []


def publish_without_statements(case_home: Path, home: Path) -> None:
    settings = copy_published(case_home, home)
    file = settings.published_root / publication(settings).file_name
    with duckdb.connect(str(file)) as connection:
        connection.execute("delete from reports.rpt_partner__compensation_statement")


def test_filter_chosen_on_one_page_is_in_the_address_and_on_every_page(
    open_page: Callable[..., Watched],
) -> None:
    page = open_page("compensation").page

    # By keyboard alone, as whoever uses no mouse has to.
    page.get_by_role("combobox", name="Product").focus()
    page.keyboard.type("e07")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")

    expect(page).to_have_url(re.compile("product=e07(&|$)"))
    expect(page.locator(".ln-chosen")).to_contain_text("e07")
    page.get_by_role("link", name="AI usage").click()
    expect(page.get_by_role("heading", name="AI usage", exact=True)).to_be_visible()
    expect(page.locator(".ln-chosen")).to_contain_text("e07")
    expect(page).to_have_url(re.compile("product=e07(&|$)"))


def test_link_restores_the_choice_and_leaves_out_what_is_not_there(
    open_page: Callable[..., Watched], settings: Settings
) -> None:
    [(amount, currency)] = ask(
        settings,
        "select sum(payable_amount), any_value(currency_code) from marts.fct_statements "
        f"where partner_id = '{PARTNER}' and report_month = '2026-03-01'",
    )

    page = open_page(
        f"compensation?partner={PARTNER}&partner=nobody&from=2026-03&to=2026-03&currency={currency}"
    ).page

    chosen = page.locator(".ln-chosen").inner_text()
    assert chosen.startswith(f"Mar 2026 · {FORMULA}")
    assert "nobody" not in page.url
    card = page.locator(".ln-card").first
    expect(card.locator(".ln-value")).to_have_text(money_text(Money(amount, currency)))
    expect(card.locator(".ln-state")).to_have_text("Issued")


def test_partner_that_is_paid_in_another_currency_is_shown_in_its_own_e07(
    open_page: Callable[..., Watched],
) -> None:
    page = open_page("compensation?partner=e07-partner").page

    expect(page.get_by_role("heading", name="By month, TND")).to_be_visible()
    assert "currency=" not in page.url
    assert page.locator(".ln-empty").filter(has_text="paid in").count() == 0


def test_last_month_is_an_estimate_and_says_as_of_when(
    open_page: Callable[..., Watched], settings: Settings
) -> None:
    [(last,)] = ask(settings, "select max(report_month) from marts.fct_statements")

    page = open_page(f"compensation?from={last:%Y-%m}&to={last:%Y-%m}").page

    foot = page.locator(".ln-card .ln-foot").first
    expect(foot).to_contain_text("Estimate")
    expect(foot).to_contain_text(f"{month_text(last)}, as known 1 Oct 2026, 00:00 UTC")


def test_meaning_of_a_figure_opens_by_key(open_page: Callable[..., Watched]) -> None:
    page = open_page("").page
    label = page.locator("summary").first
    meaning = page.locator(".ln-meaning").first
    expect(meaning).to_be_hidden()

    label.focus()
    page.keyboard.press("Enter")

    expect(meaning).to_be_visible()
    expect(meaning).not_to_be_empty()


def test_what_waits_is_told_in_the_chosen_currency_first(
    open_page: Callable[..., Watched],
) -> None:
    row = open_page("?currency=JPY").page.get_by_role("row").filter(has_text="are drafts")

    expect(row).to_contain_text(re.compile(r"[\d,]+ JPY, [\d,.]+ EUR and 2 more"))


def test_hostile_title_is_shown_as_text(open_page: Callable[..., Watched]) -> None:
    watched = open_page(f"compensation?product={PRODUCT}")

    page = watched.page
    expect(page.locator(".ln-chosen")).to_contain_text(HOSTILE)
    expect(page.locator(".ln-table").get_by_text(HOSTILE).first).to_be_visible()
    assert page.title() == "Linernotes"
    assert page.locator("img[src=x], .stMain b:text('bold'), .stMain strong").count() == 0
    assert watched.outside == []


def test_table_downloads_as_csv_in_which_no_cell_is_a_formula(
    open_page: Callable[..., Watched], tmp_path: Path
) -> None:
    page = open_page(f"compensation?partner={PARTNER}").page
    shown = table(page, "payable_amount-by-partner").locator("tbody tr").all_inner_texts()

    with page.expect_download() as download:
        page.locator("[class*='csv-'][class*='payable_amount-by-partner'] button").click()
    download.value.save_as(tmp_path / "table.csv")

    with (tmp_path / "table.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert download.value.suggested_filename == "payable_amount-by-partner.csv"
    assert len(rows) == 1 + len(shown)
    assert rows[1][0] == f"'{FORMULA}"
    assert Decimal(rows[1][1]) == Decimal(shown[0].split("\t")[1].replace(",", ""))


def test_page_downloads_as_pdf_with_the_same_figures(
    open_page: Callable[..., Watched], tmp_path: Path
) -> None:
    page = open_page("compensation").page
    payable = page.locator(".ln-value").first.inner_text()

    with page.expect_download() as download:
        page.get_by_role("button", name="Save as PDF").click()
    download.value.save_as(tmp_path / "page.pdf")

    document = pypdfium2.PdfDocument(tmp_path / "page.pdf")
    text = document[0].get_textpage().get_text_bounded()
    assert download.value.suggested_filename == "linernotes-compensation.pdf"
    assert "Compensation" in text
    assert payable in text
    assert "Partly estimate" in text


def test_new_publication_is_shown_without_restart_or_error(
    open_page: Callable[..., Watched], settings: Settings
) -> None:
    watched = open_page("compensation?currency=EUR")
    page = watched.page
    stamp = page.locator(".ln-end")

    for day, name in ((24, "AI usage"), (25, "Removals")):
        publish_again(settings, datetime(2026, 12, day, 7, 30, tzinfo=UTC))
        page.get_by_role("link", name=name).click()

        expect(stamp).to_contain_text(f"Published {day} Dec 2026, 07:30 UTC")
        wait_until_whole(page)
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
        assert watched.errors == []
        assert page.locator(".ln-warning").count() == 0


def test_open_page_shows_what_is_published_meanwhile_untouched(
    open_page: Callable[..., Watched], settings: Settings
) -> None:
    watched = open_page("compensation?partner=e38-partner")
    page = watched.page
    expect(page.locator(".ln-end")).not_to_contain_text("26 Dec 2026")

    publish_again(settings, datetime(2026, 12, 26, 7, 30, tzinfo=UTC))

    shown = "Published 26 Dec 2026, 07:30 UTC"
    expect(page.locator(".ln-end")).to_contain_text(shown, timeout=30_000)
    wait_until_whole(page)
    assert "partner=e38-partner" in page.url
    assert watched.errors == []
    assert page.locator(".ln-warning").count() == 0


def publish_again(settings: Settings, at: datetime) -> None:
    """Swaps in a copy under a new name, as the build does, and takes the old file away."""
    record = publication(settings)
    old = settings.published_root / record.file_name
    new = old.with_name(f"linernotes-{at:%Y%m%dT%H%M%S%f}.duckdb")
    for path in settings.published_root.glob(f"{old.stem}*"):
        shutil.copy(path, path.with_name(path.name.replace(old.stem, new.stem)))
    told = {"file_name": new.name, "known_at": record.known_at, "published_at": at.isoformat()}
    pointer = settings.published_root / "current.json"
    temporary = pointer.with_suffix(".new")
    temporary.write_text(json.dumps(told))
    temporary.replace(pointer)
    old.unlink()
