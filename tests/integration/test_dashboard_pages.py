"""Every page over the edge cases' published file, without a browser: figures, rows, texts, marks.

The browser tests cover the layout.
"""

import csv
import io
import re
import shutil
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from lxml import html
from starlette.testclient import TestClient

from linernotes.base.published import publication
from linernotes.base.settings import Settings
from linernotes.dashboard.app import make_app
from linernotes.dashboard.pages import PAGES
from linernotes.dashboard.row_tables import KEYS, SHOWN, TABLES
from linernotes.metrics import open_catalog

PATHS = [
    *(page.PATH for page in PAGES),
    "/promises/pay",
    "/promises/connection",
    "/partners/e38-partner",
    "/compensation?partner=e38-partner",
]
# A page parsed by lxml.
Element = Any
Get = Callable[[str], Element]


@pytest.fixture(scope="module")
def settings(case_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings(home=tmp_path_factory.mktemp("pages"))
    shutil.copytree(
        Settings(home=case_home).published_root,
        settings.published_root,
        copy_function=shutil.copyfile,
    )
    return settings


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(make_app(settings, None)) as client:
        yield client


@pytest.fixture(scope="module")
def get(client: TestClient) -> Get:
    """A page by its address, which must exist."""

    def got(path: str) -> Element:
        answer = client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.text[-900:]}"
        return html.fromstring(answer.content)

    return got


def facts(page: Element) -> dict[str, str]:
    return {
        div.find("dt").text_content(): div.find("dd").text_content().strip()
        for div in page.xpath("//dl[@class='facts']/div")
    }


@pytest.mark.parametrize("path", PATHS)
def test_page_is_shown_with_title_captions_and_row_headers(get: Get, path: str) -> None:
    page = get(path)

    [title] = page.xpath("//title")
    [head] = page.xpath("//h1")
    assert title.text == f"{head.text_content()} – Linernotes"
    for table in page.xpath("//table"):
        assert table.xpath("caption")[0].text_content().strip()
        assert all(row.xpath("th[@scope='row']") for row in table.xpath("tbody/tr"))
    assert all(svg.get("aria-label") for svg in page.xpath("//svg[@role='img']"))
    assert not page.xpath("//*[@style]")


@pytest.mark.parametrize("path", PATHS)
def test_every_link_of_a_page_leads_somewhere(client: TestClient, get: Get, path: str) -> None:
    links = {one for one in get(path).xpath("//main//a/@href") if one.startswith("/")}

    broken = {
        link: answer.status_code
        for link in sorted(links)[:120]
        if (answer := client.get(link)).status_code != 200
    }

    assert links or path == "/attention"
    assert broken == {}


def sum_of_rows(stated: dict[str, str]) -> str | None:
    """The total on a page of rows; None for a median, which is not a sum."""
    return stated.get("Sum of the rows", stated.get("Different ones among them"))


def rows_links(page: Element) -> list[str]:
    """The links from a page to rows, each once."""
    return list(dict.fromkeys(link for link in page.xpath("//main//a/@href") if "/rows/" in link))


def test_figures_of_overview_equal_the_rows_that_they_lead_to(get: Get) -> None:
    """Every figure of the page: cards, tiles, the bridge, and each month of the time line."""
    page = get("/")

    checked = 0
    for link in rows_links(page):
        stated = facts(get(link))
        # A figure without rows is a dash.
        if "Figure" in stated and sum_of_rows(stated) is not None:
            assert sum_of_rows(stated) == stated["Figure"], link
            checked += 1
    for bar in page.xpath("//figure[@class='bridge']//li[.//a]"):
        amount = bar.xpath("span[@class='number']")[0].text_content()
        rows = facts(get(bar.xpath(".//a/@href")[0]))
        # Deductions are negative in the bridge, and the service's margin is positive in its rows.
        assert rows["Sum of the rows"].lstrip("−") == amount.lstrip("−"), bar.text_content()
        checked += 1

    assert checked >= 25


def test_figures_of_overview_lead_to_a_trace_in_three_steps(get: Get) -> None:
    """Figure, rows, record: or figure, rows, the rows of one of them, record."""
    page = get("/")
    links = rows_links(page)

    without = []
    for link in links:
        at: str | None = link
        for _ in range(3):
            if at is None or "/trace/" in at:
                break
            found = get(at).xpath("//table/tbody/tr[1]/th//a/@href")
            at = found[0] if found else None
        if at is None or "/trace/" not in at:
            without.append(link)

    assert len(links) >= 30
    # A figure without rows has no trace.
    assert [link for link in without if facts(get(link))["Rows"] != "0"] == []


@pytest.mark.parametrize("part", ["numerator", "denominator"])
def test_measures_of_promises_equal_the_rows_that_they_count(get: Get, part: str) -> None:
    links = [
        link
        for promise in ("agreements", "choice", "pay", "credit", "connection")
        for link in get(f"/promises/{promise}").xpath("//main//a/@href")
        if "/rows/measure/" in link
    ]

    checked = 0
    for link in dict.fromkeys(link.replace("numerator", part) for link in links):
        if "held_long_share" in link or ("unlicensed" in link and part == "denominator"):
            continue
        stated = facts(get(link))
        if "Sum of the rows" in stated and "Figure" in stated:
            assert stated["Sum of the rows"] == stated["Figure"], link
            checked += 1

    assert checked >= 10


def test_rows_of_a_weight_are_in_uses_like_the_measure_that_counts_them(get: Get) -> None:
    links = {
        link
        for link in get("/promises/agreements").xpath("//main//a/@href")
        if "/rows/measure/licensed_use_share" in link and "part=numerator" in link
    }

    pages = [facts(get(link)) for link in sorted(links)]

    counted = [stated for stated in pages if stated["Counted"] != "–"]
    assert counted
    for stated in counted:
        uses = Decimal(stated["Sum of the rows"].replace(",", ""))
        assert stated["Counted"] == f"{uses.quantize(Decimal(1), ROUND_HALF_UP):,} uses"


def test_incidents_and_expiring_consents_are_those_of_their_reports(
    get: Get, settings: Settings
) -> None:
    file = settings.published_root / publication(settings).file_name
    with duckdb.connect(str(file), read_only=True) as connection:
        [(open_count,)] = connection.execute(
            "select count(*) from marts.fct_incidents where incident_status = 'open'"
        ).fetchall()
        [(ending_count,)] = connection.execute(
            "select count(distinct decision_id) from reports.rpt_executive__consent_expiries"
        ).fetchall()

    incidents = get("/incidents").xpath("//table[.//th='Severity'][1]/tfoot//a")[0]
    rows = facts(get(incidents.get("href")))

    assert incidents.text_content() == f"{open_count:,}" == rows["Rows"]
    assert open_count > 0
    ending = get("/consent").xpath("//table[.//th='First to end']/tfoot//a")
    assert [one.text_content() for one in ending[:1]] == ([f"{ending_count:,}"] * bool(ending))
    assert bool(ending) == bool(ending_count)


def test_amount_due_leads_to_a_trace_in_three_steps(get: Get) -> None:
    """Amount due, its rows, the statement's lines, and the evidence behind a line."""
    due = get("/").xpath("//p[@class='sentence']/a/@href")[0]
    rows = get(due)
    steps = [link for link in rows.xpath("//tbody//th//a/@href") if "/rows/table/" in link]
    statement = get(steps[0]).xpath("//tbody//th//a/@href")[0]
    trace = get(statement)

    assert "/trace/statement/" in statement
    lines = [link for link in trace.xpath("//tbody//th//a/@href") if "/trace/line/" in link]
    line = get(lines[0])
    assert "Compensation line" in line.xpath("//h1")[0].text_content()


def test_gross_earnings_lead_to_events_licence_and_consent(get: Get) -> None:
    rows = get("/rows/table/lines?line_type=USAGE&hold_bucket=")
    line = next(link for link in rows.xpath("//tbody//th//a/@href") if "/trace/line/" in link)

    heads = [head.text_content() for head in get(line).xpath("//h2")]

    assert {"Uses it was made from", "Contract", "Revenue pool"} <= set(heads)


@pytest.mark.parametrize(
    "path",
    [
        "/?partner=nobody",
        "/compensation?from=1999-01",
        "/partners/nobody",
        "/promises/growth",
        "/rows/metric/profit",
        "/rows/metric/payable_amount?by_colour=red",
        "/rows/table/passwords",
        "/rows/table/lines?colour=red",
        "/rows/table/lines?page=99999",
        "/rows/table/lines?page=first",
        "/trace/line/none",
        "/trace/secret/1",
        "/nowhere",
    ],
)
def test_link_that_asks_for_what_is_not_there_says_so_and_shows_no_figure(
    client: TestClient, path: str
) -> None:
    answer = client.get(path)

    page = html.fromstring(answer.content)
    assert answer.status_code == 404
    assert page.xpath("//p[@role='status']")[0].text_content().strip()
    assert not page.xpath("//table | //*[@class='value']")


def test_csv_says_period_filter_and_publication_and_has_every_row(
    client: TestClient, get: Get
) -> None:
    page = get("/partners?from=2026-03&to=2026-03")
    link = page.xpath("//a[contains(@class, 'csv')]/@href")[0]
    shown = page.xpath("//table")[0].xpath("tbody/tr")

    answer = client.get(link)

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[0] for row in rows[:4]] == ["Table", "Period", "Filter", "Publication"]
    assert rows[1][1] == "Mar 2026"
    assert "2026-03" in answer.headers["content-disposition"]
    assert len(rows) == 4 + 1 + 1 + len(shown)


@pytest.mark.parametrize(
    ("path", "period", "chosen"),
    [
        ("/rows/table/holds?hold_bucket=CONSENT", "All months", "On hold because: No consent"),
        (
            "/rows/table/statements?report_month=2026-03-01&partner_id=e38-partner",
            "Mar 2026",
            "Partner: ",
        ),
        (
            "/rows/metric/amount_due_reporting_amount?from=2026-03&to=2026-03"
            "&partner=e38-partner&by_side=MASTER",
            "Mar 2026",
            "Partner: ",
        ),
        ("/partners/e38-partner?from=2026-02&to=2026-03", "Feb – Mar 2026", "Partner: "),
    ],
)
def test_csv_of_rows_says_which_rows_it_has(
    client: TestClient, get: Get, path: str, period: str, chosen: str
) -> None:
    """Filters given as columns, splits or the path are described like the others."""
    link = get(path).xpath("//a[contains(@class, 'csv')]/@href")[0]

    stated = dict(
        row[:2] for row in csv.reader(io.StringIO(client.get(link).text)) if len(row) == 2
    )

    assert stated["Period"] == period
    assert chosen in stated["Filter"]


def test_share_of_few_things_shows_how_many_they_are(get: Get) -> None:
    """One appeal of one was shown as 100 % alone."""
    shown = []
    for path in ("/removals", "/consent"):
        for card in get(path).xpath("//li[@class='card']"):
            value = card.xpath("p[@class='value']")[0].text_content()
            for text in card.xpath("p[@class='exact']/text()"):
                if few := re.fullmatch(r"(\d+) of (\d+)", text):
                    shown.append((value, int(few[1]), int(few[2])))

    assert shown
    for value, part, whole in shown:
        percent = Decimal(value.removesuffix(" %"))
        assert abs(percent - Decimal(100 * part) / whole) <= Decimal("0.05")


def test_filter_that_a_page_does_not_have_is_said_to_be_none(get: Get) -> None:
    page = get("/data?partner=e38-partner")

    note = page.xpath("//p[contains(@class, 'note')]")[0]
    assert note.text_content() == "Not available by partner; shows all partners."
    assert not page.xpath("//*[@class='chips']")


def test_items_that_need_no_action_are_not_listed(get: Get) -> None:
    """Money that is released by itself needs someone only once its due date has passed."""
    items = get("/attention").xpath("//*[@class='items']/li")
    steps = {item.xpath("p[@class='step']")[0].text_content() for item in items}
    overdue = [
        item
        for item in items
        if item.xpath("p[@class='step']")[0].text_content().startswith("Overdue")
    ]

    assert not any(step.startswith("No action") for step in steps)
    assert overdue
    assert all("overdue since" in item.text_content() for item in overdue)


def test_items_of_a_partner_are_its_own(get: Get) -> None:
    def items(path: str) -> set[str]:
        return {one.text_content() for one in get(path).xpath("//*[@class='items']/li/p[1]/a")}

    own, every = items("/attention?partner=e38-partner"), items("/attention")

    assert len(own) < len(every)
    assert own <= every
    # Promises are made to everybody.
    assert not any(item.endswith((": broken", ": at risk")) for item in own)


def test_amount_due_is_the_statements_at_the_indicative_rate(settings: Settings, get: Get) -> None:
    with open_catalog(settings) as catalog:
        [(currency, due)] = catalog.query(["amount_due_reporting_amount"]).rows

    page = get("/rows/metric/amount_due_reporting_amount")

    assert currency == "EUR"
    assert due > 0
    assert Decimal(facts(page)["Figure"].replace(",", "")) > 0


def test_columns_that_are_shown_are_those_of_the_tables(settings: Settings) -> None:
    file = settings.published_root / publication(settings).file_name
    with duckdb.connect(str(file), read_only=True) as connection:
        missing = {
            (name, column)
            for name, columns in {**SHOWN, **{name: (key,) for name, key in KEYS.items()}}.items()
            for column in columns
            if column
            not in {
                row[0]
                for row in connection.execute(
                    f"describe {TABLES[name].removeprefix('published.')}"
                ).fetchall()
            }
        }

    assert missing == set()


def test_page_sends_a_policy_that_allows_nothing_from_elsewhere(client: TestClient) -> None:
    answer = client.get("/")

    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"(src|href)=\"(https?:)?//", answer.text)
