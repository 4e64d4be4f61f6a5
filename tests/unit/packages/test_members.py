"""Sub-statements: a member sees only its own lines, and the sub-statements sum to the total."""

import csv
import io
import json
import zipfile
from decimal import Decimal
from pathlib import Path

import duckdb
import pypdfium2
import pytest

from linernotes.base.settings import Settings
from linernotes.packages import verify_package, write_packages
from linernotes.statements import draft
from tests.fixtures.published_warehouse import Line, Statement, publish

LINES = [
    Line("a", "10.00", title="Of the first"),
    Line("b", "2.50", title="Of the first, on hold", hold_bucket="CONSENT"),
    Line("c", "4.00", title="Of the second"),
    Line("d", "-0.25", title="Of nobody", line_type="FEE"),
]
MEMBERS = {"a": "first", "b": "first", "c": "second"}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    settings = Settings(home=tmp_path / "home")
    publish(settings, Statement("tune", "tune-master", LINES))
    settings.agreements_file.write_text("[partners.tune]\nsub_statements = true\n")
    with duckdb.connect(str(settings.published_file)) as connection:
        for table in ("reports.rpt_partner__compensation_lines", "marts.fct_compensation_lines"):
            for line, member in MEMBERS.items():
                connection.execute(
                    f"update {table} set member_party_id = ? where line_id = ?", [member, line]
                )
        connection.execute("delete from reports.rpt_partner__member_statements")
        connection.execute(
            """
            insert into reports.rpt_partner__member_statements
            select
                partner_id, report_month, statement_id, contract_id, member_party_id,
                'The ' || member_party_id || ' label', currency_code,
                coalesce(sum(amount) filter (hold_bucket is null), 0), 0,
                coalesce(sum(amount) filter (hold_bucket is null), 0),
                coalesce(sum(amount) filter (hold_bucket is not null), 0), count(*)
            from reports.rpt_partner__compensation_lines
            group by all
            """
        )
    draft(settings, by="Ada")
    [written] = write_packages(settings)
    return written.path


def rows_of(archive: zipfile.ZipFile, member: str) -> list[dict[str, str]]:
    text = archive.read(f"members/{member}/compensation_lines.csv").decode()
    return list(csv.DictReader(io.StringIO(text)))


def test_each_member_has_a_sub_statement_of_its_own_lines_alone(package: Path) -> None:
    assert verify_package(package) == []
    with zipfile.ZipFile(package / "members.zip") as archive:
        assert sorted(archive.namelist()) == [
            f"members/{member}/{file}"
            for member in ("first", "second")
            for file in ("compensation_lines.csv", "statement.pdf", "statement.xlsx")
        ]
        lines = {member: rows_of(archive, member) for member in ("first", "second")}
        texts = {
            member: " ".join(
                page.get_textpage().get_text_bounded()
                for page in pypdfium2.PdfDocument(archive.read(f"members/{member}/statement.pdf"))
            )
            for member in lines
        }

    assert [row["line_id"] for row in lines["first"]] == ["a", "b"]
    assert [row["line_id"] for row in lines["second"]] == ["c"]
    assert "The first label" in texts["first"]
    assert "10.00 EUR" in texts["first"]
    assert "Of the first, on hold" in texts["first"]
    assert "second" not in texts["first"].lower()
    assert "Of the first" not in texts["second"]


def test_sub_statements_add_up_to_the_lines_that_name_a_member(package: Path) -> None:
    with zipfile.ZipFile(package / "members.zip") as archive:
        parts = [
            Decimal(row["amount"])
            for member in ("first", "second")
            for row in rows_of(archive, member)
        ]
    with (package / "compensation_lines.csv").open(newline="") as file:
        whole = [Decimal(row["amount"]) for row in csv.DictReader(file) if row["member_party_id"]]

    assert sum(parts) == sum(whole) == Decimal("16.50")


def test_partner_that_has_not_agreed_to_sub_statements_has_none(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    publish(settings, Statement("tune", "tune-master", LINES))
    draft(settings, by="Ada")
    [written] = write_packages(settings)

    manifest = json.loads((written.path / "manifest.json").read_text())
    assert "members.zip" not in {entry["name"] for entry in manifest["files"]}
