"""Packages of the edge cases' warehouse: from the models' reports to the check.

The check recomputes every fee from the pool's totals, independently of the models, so each
confirms the other.
"""

import json
import shutil
from decimal import Decimal
from pathlib import Path

import polars as pl
import pypdfium2
import pytest

from linernotes.base.settings import Settings
from linernotes.ddex import read_financial_totals
from linernotes.packages import read_package_csv, verify_package, write_packages
from linernotes.packages.document_parts import money
from linernotes.statements import draft

MONTH = "2026-03"


@pytest.fixture
def settings(case_home: Path, tmp_path: Path) -> Settings:
    """A separate home per test with the shared published warehouse."""
    settings = Settings(home=tmp_path)
    settings.published_root.mkdir()
    shutil.copy(Settings(home=case_home).published_file, settings.published_file)
    return settings


@pytest.mark.parametrize(
    ("partner", "month"),
    [
        pytest.param("e01-partner", "2026-02", id="nothing in the month, e82"),
        pytest.param("e06-partner", MONTH, id="yen, e06"),
        pytest.param("e07-partner", MONTH, id="dinar, e07"),
        pytest.param("e11-more-partner", MONTH, id="minimum per subscriber wins, e11"),
        pytest.param("e11-tie-partner", MONTH, id="arms tie, e11"),
        pytest.param("e12-partner", MONTH, id="minimum per use wins, e12"),
        pytest.param("e25-partner", MONTH, id="pool in pounds paid in euro"),
        pytest.param("e38-partner", MONTH, id="a part is held, e38"),
        pytest.param("e68-partner", MONTH, id="umbrella with a fee, e68"),
    ],
)
def test_package_of_case_recomputes_from_its_own_files(
    settings: Settings, partner: str, month: str
) -> None:
    draft(settings, month, partner, by="Ada")

    [package] = write_packages(settings, month, partner)

    assert verify_package(package.path) == []


def test_package_of_umbrella_shows_members_that_sum_to_the_statement_e68(
    settings: Settings,
) -> None:
    [statement] = draft(settings, MONTH, "e68-partner", by="Ada")

    [package] = write_packages(settings, MONTH, "e68-partner")

    members = list(read_package_csv(package.path / "member_statements.csv"))
    assert [member["fee_amount"] for member in members] == ["9.000", "6.000"]
    assert [member["closing_amount"] for member in members] == ["591.000", "394.000"]
    assert statement.totals["closing_amount"] == "985.00"


def test_package_after_transfer_holds_nothing_of_the_other_route_e39_e128(
    settings: Settings,
) -> None:
    draft(settings, "2026-04", by="Ada")

    [package] = write_packages(settings, "2026-04", "e39-umg-partner")

    texts = {path.name: path.read_text() for path in package.path.glob("*.csv")}
    assert [name for name, text in texts.items() if "e39-merlin" in text] == []
    assert texts["compensation_lines.csv"].count("\n") > 1


def test_package_written_twice_from_the_models_reports_is_one_version_e13(
    settings: Settings,
) -> None:
    draft(settings, MONTH, "e38-partner", by="Ada")
    [first] = write_packages(settings, MONTH, "e38-partner")

    [second] = write_packages(settings, MONTH, "e38-partner")

    manifest = json.loads((second.path / "manifest.json").read_text())
    assert (second.version, second.is_new) == (1, False)
    assert manifest["freeze"] == "2026-10-01T00:00:00Z"
    assert second.manifest_sha256 == first.manifest_sha256


@pytest.mark.parametrize(
    ("partner", "month"),
    [
        pytest.param("e06-partner", MONTH, id="yen"),
        pytest.param("e07-partner", MONTH, id="dinar"),
        pytest.param("e38-partner", MONTH, id="a part is held"),
        pytest.param("e68-partner", MONTH, id="umbrella with a fee"),
    ],
)
def test_formats_of_one_statement_have_the_same_totals_e132(
    settings: Settings, partner: str, month: str
) -> None:
    [statement] = draft(settings, month, partner, by="Ada")
    [package] = write_packages(settings, month, partner)
    payable, held = (Decimal(statement.totals[term]) for term in ("payable_amount", "held_amount"))
    lines = package.path / "compensation_lines.csv"

    rows = list(read_package_csv(lines))
    frame = pl.read_parquet(lines.with_suffix(".parquet"))
    summary = pl.read_excel(
        package.path / "statement.xlsx", sheet_name="Cover", has_header=False
    ).rows()
    pages = pypdfium2.PdfDocument(package.path / "statement.pdf")
    text = " ".join(page.get_textpage().get_text_bounded() for page in pages)
    [sales_report] = package.path.glob("DSR_*.tsv")
    totals = read_financial_totals(sales_report)

    for expected, is_held in ((payable, False), (held, True)):
        kept_rows = [row for row in rows if bool(row["hold_bucket"]) == is_held]
        assert sum(Decimal(row["amount"] or 0) for row in kept_rows) == expected
        kept = frame.filter(pl.col("hold_bucket").is_not_null() == is_held)
        assert kept["amount"].sum() == expected
    [total, *_] = [row for row in summary if row[0] == "Total"]
    assert [Decimal(str(cell)) for cell in total[2:4]] == [payable, held]
    currency = statement.currency_code
    assert totals.payable == {currency: payable}
    due = {
        row["line_id"]: Decimal(0 if row["hold_bucket"] else row["amount"] or 0)
        for row in rows
        if row["pool_id"]
    }
    assert totals.allocated == {currency: sum(due.values())}
    assert totals.sales.keys() == due.keys()
    [due] = [row for row in summary if row[0] == "Amount due"]
    assert Decimal(str(due[1])) == payable
    assert f"Amount due {money(payable, currency)}" in text
    assert f"Amount due, {currency}" in text
