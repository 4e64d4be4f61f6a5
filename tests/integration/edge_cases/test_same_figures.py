"""E132: every form of a statement has the same figures under the same words.

Five partners are paid in five currencies, each under two contracts: one with reserve, tax and
earnings on hold, and one whose balance is below its minimum payout and carried forward.
"""

import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from lxml import html
from starlette.testclient import TestClient

from linernotes.base.settings import Settings
from linernotes.dashboard.app import make_app
from linernotes.packages import verify_package, write_packages
from linernotes.packages.manifest import Package
from linernotes.statements import draft
from tests.fixtures import statement_forms as forms
from tests.fixtures.worlds import FeedBuilder, case

CURRENCIES = ("EUR", "GBP", "JPY", "TND", "USD")
PARTNERS = [f"e132-{code.lower()}-partner" for code in CURRENCIES]
# The contents of a dashboard's column, in the words of the payment summary.
OF_COLUMN = {
    "Gross earnings": ("Usage earnings", "Training fees"),
    "On hold": ("Put on hold", "Released from hold"),
    "Adjustments": ("Adjustments",),
    "Brought forward": ("Brought forward",),
    "Deductions": (
        "Guarantee top-up",
        "Collective/aggregator commission",
        "Reserve taken",
        "Reserve released",
        "Advance recouped",
        "Tax withheld",
        "Penalties",
        "Suspended balance resumed",
        "Suspended",
    ),
    "Carried forward": ("Carried forward",),
    "Amount due": ("Amount due",),
}
ZERO = Decimal(0)


@case
def e132_two_contracts_in_each_currency(world: FeedBuilder) -> None:
    for number, code in enumerate(CURRENCIES):
        name = f"e132-{code.lower()}"
        label = world.licensed(
            name,
            currency=code,
            reserve={"rate": "0.10", "release_after_months": 1},
            withholding=[{"source_territory": "US", "rate": "0.30"}],
        )
        small = world.party(f"{name}-small-label")
        world.contract(
            f"{name}-small", f"{name}-partner", currency=code, minimum_payout="1000000.00"
        )
        world.route(small, f"{name}-partner", f"{name}-small")
        world.product(name, default_share_master="1")
        paid = world.recording(f"{name}-paid", owner=label)
        refused = world.recording(f"{name}-refused", owner=label)
        carried = world.recording(f"{name}-carried", owner=small)
        world.decision(f"{name}-no", label, "deny", object_type="recording", object_id=refused)
        # Thirds and sevenths, so that every currency needs rounding.
        for territory, gross in (("DE", f"{1000 + number}.00"), ("US", "70.01")):
            for recording, count in ((paid, 4), (refused, 2), (carried, 1)):
                for _ in range(count):
                    world.generation(name, [recording], territory=territory)
            world.revenue(name, gross, territory=territory)


@pytest.fixture(scope="module")
def home(case_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home with the shared publication, and drafts of the five partners."""
    settings = Settings(home=tmp_path_factory.mktemp("forms"))
    shutil.copytree(
        Settings(home=case_home).published_root,
        settings.published_root,
        copy_function=shutil.copyfile,
    )
    for month in ("2026-03", "2026-04"):
        for partner in PARTNERS:
            draft(settings, month, partner, by="Ada")
    return settings


@pytest.fixture(scope="module")
def packages(home: Settings) -> dict[tuple[str, str], Package]:
    return {
        (partner, month): write_packages(home, month, partner)[0]
        for partner in PARTNERS
        for month in ("2026-03", "2026-04")
    }


@pytest.fixture(scope="module")
def dashboard(home: Settings) -> Iterator[TestClient]:
    with TestClient(make_app(home, None)) as client:
        yield client


def tables_called(dashboard: TestClient, page: str, caption: str) -> list[Any]:
    """The tables of a page with captions that begin with the text."""
    answer = dashboard.get(page)
    assert answer.status_code == 200, answer.text[-900:]
    return [
        table
        for table in html.fromstring(answer.content).xpath("//table")
        if table.xpath("caption")[0].text_content().startswith(caption)
    ]


def of_dashboard(dashboard: TestClient, partner: str, month: str) -> dict[str, dict[str, Decimal]]:
    """The exact amounts of a partner's page, per currency, by the headings of their columns.

    A column without any amount is not shown.
    """
    page = f"/partners/{partner}?from={month}&to={month}"
    [table] = tables_called(dashboard, page, "All payout currencies")
    return {
        row.xpath("th")[0].text_content(): dict.fromkeys(OF_COLUMN, ZERO)
        | {
            cell.get("data-name"): forms.decimal_of(cell.text_content())
            for cell in row.xpath("td[@class='number']")
        }
        for row in table.xpath("tbody/tr")
    }


def of_published(settings: Settings, partner: str, month: str) -> forms.Figures:
    """The terms of each statement as marts and reports publish them, which have to be equal."""
    reported = []
    with duckdb.connect(str(settings.published_file), read_only=True) as connection:
        for relation in ("marts.fct_statements", "reports.rpt_partner__compensation_statement"):
            found = connection.execute(
                f"select * from {relation} where partner_id = ? and report_month = ?",
                [partner, f"{month}-01"],
            )
            names = [column[0] for column in found.description]
            rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
            reported.append({row["contract_id"]: forms.of_terms(row) for row in rows})
    assert reported[0] == reported[1]
    return reported[0]


@pytest.mark.parametrize("month", ["2026-03", "2026-04"])
@pytest.mark.parametrize("partner", PARTNERS)
def test_every_form_tells_the_same_figures_under_the_same_words_e132(
    home: Settings,
    packages: dict[tuple[str, str], Package],
    dashboard: TestClient,
    partner: str,
    month: str,
) -> None:
    folder = packages[partner, month].path
    published = of_published(home, partner, month)
    manifest = forms.of_manifest(folder)
    document = forms.of_document(folder / "statement.pdf", list(published))
    lines = forms.of_csv(folder)

    assert verify_package(folder) == []
    assert published == manifest
    assert len(published) == 2
    assert forms.of_workbook(folder / "statement.xlsx") == document
    assert forms.of_parquet(folder) == lines
    for contract, words in document.items():
        for word, amount in words.items():
            if word in forms.SIGNS:
                assert manifest[contract][word] == amount, (contract, word)
            if word not in forms.NOT_OF_LINES:
                assert lines.get(contract, {}).get(word, ZERO) == amount, (contract, word)
        # The summary leaves out only zeros.
        for word, amount in (manifest[contract] | lines.get(contract, {})).items():
            assert word in words or word == forms.NET_HOLD or not amount, (contract, word)
        held = words.get("Put on hold", ZERO) + words.get("Released from hold", ZERO)
        assert manifest[contract][forms.NET_HOLD] == -held

    code = partner.split("-")[1].upper()
    due = sum((words["Amount due"] for words in document.values()), ZERO)
    assert forms.due_of_sales_report(folder) == {code: due}
    assert of_dashboard(dashboard, partner, month) == {
        code: {
            column: sum(
                (words.get(name, ZERO) for words in document.values() for name in names), ZERO
            )
            for column, names in OF_COLUMN.items()
        }
    }


def test_exact_amounts_of_the_dashboard_lead_to_the_rows_that_they_sum(
    dashboard: TestClient,
) -> None:
    page = "/partners/e132-jpy-partner?from=2026-03&to=2026-03"
    [table] = tables_called(dashboard, page, "All payout currencies")
    followed = 0
    for link in table.xpath("tbody/tr/td[@class='number']//a"):
        for totals in tables_called(dashboard, link.get("href"), "Totals of all rows"):
            [total] = totals.xpath("tbody/tr/td[@data-name='Amount']")
            assert total.text_content() == link.text_content(), link.get("href")
            followed += 1

    # There were no adjustments, and nothing was brought forward.
    assert followed >= 5


def test_the_world_of_the_comparison_has_what_can_differ(
    packages: dict[tuple[str, str], Package],
) -> None:
    """A comparison of zeros would always succeed."""
    for partner in PARTNERS:
        march, april = (
            forms.of_manifest(packages[partner, month].path) for month in ("2026-03", "2026-04")
        )
        own, small = (partner.replace("partner", name) for name in ("contract", "small"))
        for word in ("Amount due", "Reserve taken", "Tax withheld", forms.NET_HOLD):
            assert march[own][word], (partner, word)
        assert march[small]["Carried forward"] == -april[small]["Brought forward"] != 0
        assert april[own]["Reserve released"]


SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
</item>
</oor:items>
"""


def forget_results(book: Path, to: Path) -> int:
    """Copy a workbook with 0 as the result of every formula; returns the number of formulas."""
    count = 0
    with zipfile.ZipFile(book) as archive, zipfile.ZipFile(to, "w") as copy:
        for name in archive.namelist():
            content = archive.read(name)
            if name.startswith("xl/worksheets/sheet"):
                text, found = re.subn(r"(</f>)<v>[^<]*</v>", r"\1<v>0</v>", content.decode())
                content, count = text.encode(), count + found
            copy.writestr(name, content)
    return count


def numbers(sheets: dict[str, list[tuple[str, ...]]]) -> dict[str, list[list[float | str]]]:
    """Cells as numbers if they are; programs write the last binary digits differently."""

    def cell(text: str) -> float | str:
        try:
            return round(float(text), 6)
        except ValueError:
            return text

    return {name: [[cell(text) for text in row] for row in rows] for name, rows in sheets.items()}


@pytest.mark.office
def test_workbooks_recalculated_by_libreoffice_have_the_same_figures_e132(
    packages: dict[tuple[str, str], Package], tmp_path: Path
) -> None:
    """We write the results of formulas, for readers that cannot calculate."""
    program = shutil.which("soffice")
    assert program, "LibreOffice is not installed: run `make office`"
    profile = tmp_path / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(SETTINGS)
    books = {
        f"{partner}.xlsx": packages[partner, "2026-03"].path / "statement.xlsx"
        for partner in PARTNERS
    }
    counts = [forget_results(book, tmp_path / name) for name, book in books.items()]

    subprocess.run(
        [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to",
         "xlsx:Calc MS Excel 2007 XML", "--outdir", tmp_path / "recalculated",
         *(tmp_path / name for name in books)],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip

    assert min(counts) >= 4
    for name, book in books.items():
        found, expected = tmp_path / "recalculated" / name, numbers(forms.cells_of(book))
        assert numbers(forms.cells_of(tmp_path / name)) != expected
        assert numbers(forms.cells_of(found)) == expected, name
        assert forms.of_workbook(found) == forms.of_workbook(book)
