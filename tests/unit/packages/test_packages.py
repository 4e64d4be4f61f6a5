"""Packages: their content, only the partner's data, and the same bytes each time."""

import hashlib
import json
import os
import re
import shutil
import stat
import zipfile
from pathlib import Path

import duckdb
import fastexcel
import polars as pl
import pytest

from linernotes.agreements import NOBODY
from linernotes.base import modes
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.ledger.verification import verify_ledger
from linernotes.packages import read_package_csv, tables, verify_package, write_packages, writing
from linernotes.packages import workbook as workbook_module
from linernotes.statements import SHOWN, approve, draft, issue
from tests.fixtures.deliveries import PARTNER_DPID
from tests.fixtures.packages import refit, remark
from tests.fixtures.published_warehouse import KNOWN_AT, Line, Statement, publish

TUNE = Statement(
    "tune",
    "tune-master",
    [
        Line("a", "10.00"),
        Line("b", "2.50", hold_bucket="CONSENT"),
        Line("c", "-0.25", line_type="FEE"),
        Line("d", "4.00", territory="FR", title="=1+1"),
    ],
)
WAVE = Statement("wave", "wave-master", [Line("e", "7.77")])
NAMED = f"{NOBODY}_{NOBODY}_AIMusic_2026-06"
FILES = {
    f"DSR_{NAMED}_multi_1of1_20260715T060000.tsv",
    "README.txt",
    f"REMOVALS_{NAMED}_multi_1of1_20260715T060000.tsv",
    "ai_usage.csv",
    "ai_usage.parquet",
    "artists.csv",
    "compensation_lines.csv",
    "compensation_lines.parquet",
    "consents.csv",
    "consents.parquet",
    "credit_gaps.csv",
    "datapackage.json",
    "fan_connection.csv",
    "manifest.json",
    "member_statements.csv",
    "pool_totals.csv",
    "removals.csv",
    "removals.parquet",
    "removals_monthly.csv",
    "statement.pdf",
    "statement.xlsx",
    "verify.py",
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def drafted(settings: Settings, *statements: Statement, known_at: str = KNOWN_AT) -> Settings:
    publish(settings, *statements, known_at=known_at)
    draft(settings, by="Ada")
    return settings


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_package_of_partner_has_every_file_and_verifies(settings: Settings) -> None:
    [package] = write_packages(drafted(settings, TUNE))

    assert package.path == settings.outbox_root / "tune" / "2026-06" / "v1"
    assert {path.name for path in package.path.iterdir()} == FILES
    assert verify_package(package.path) == []


@pytest.mark.parametrize(
    ("readers", "home", "folder", "file"),
    [("owner", 0o700, 0o700, 0o600), ("group", 0o710, 0o750, 0o640), ("all", 0o711, 0o755, 0o644)],
)
def test_package_can_be_read_by_whom_the_settings_name(
    tmp_path: Path, readers: modes.Readers, home: int, folder: int, file: int
) -> None:
    """Regression: every user of the machine could read packages, whatever the settings."""
    settings = drafted(Settings(home=tmp_path / "home", readers=readers), TUNE)
    before = os.umask(0o022 if readers == "owner" else 0o077)
    try:
        [package] = write_packages(settings)
    finally:
        os.umask(before)

    way = [package.path, *package.path.parents][:4]
    assert way[-1] == settings.outbox_root
    assert stat.S_IMODE(settings.home.stat().st_mode) == home
    assert {stat.S_IMODE(one.stat().st_mode) for one in way} == {folder}
    assert {stat.S_IMODE(one.stat().st_mode) for one in package.path.iterdir()} == {file}


def test_package_written_in_two_homes_has_the_same_bytes_e13_e14(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Few packages are written in this process, many in processes of their own."""
    one = drafted(Settings(home=tmp_path / "one"), TUNE, WAVE)
    shuffled = Statement("tune", "tune-master", TUNE.lines[::-1])
    other = drafted(Settings(home=tmp_path / "other"), WAVE, shuffled)

    here = write_packages(one)
    monkeypatch.setattr(writing, "SOON_DONE_PACKAGES", 1)
    apart = write_packages(other)

    for left, right in zip(here, apart, strict=True):
        assert hashes(left.path) == hashes(right.path)


def test_package_of_too_many_rows_to_keep_has_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [kept] = write_packages(drafted(Settings(home=tmp_path / "one"), TUNE))
    monkeypatch.setattr(tables, "MOST_KEPT_ROWS", 0)

    [requested] = write_packages(drafted(Settings(home=tmp_path / "other"), TUNE))

    # Whether Parquet's columns may be null depends on their source.
    own = {path.name for path in requested.path.glob("*.parquet")}
    own |= {"manifest.json", "README.txt", "statement.pdf", "statement.xlsx"}
    assert {
        name for name, found in hashes(kept.path).items() if hashes(requested.path)[name] != found
    } <= own
    assert verify_package(requested.path) == []


def test_package_written_again_at_later_freeze_keeps_the_version_e13(settings: Settings) -> None:
    [first] = write_packages(drafted(settings, TUNE))
    before = hashes(first.path)

    [second] = write_packages(drafted(settings, TUNE, known_at="2026-07-16 06:00:00"))

    assert (second.version, second.is_new) == (1, False)
    assert hashes(first.path) == before
    assert [path.name for path in first.path.parent.iterdir()] == ["v1"]


def test_package_after_change_is_a_new_version_chained_to_the_old(settings: Settings) -> None:
    [first] = write_packages(drafted(settings, WAVE))

    [second] = write_packages(drafted(settings, Statement("wave", "wave-master", [Line("e", "8")])))

    manifest = json.loads((second.path / "manifest.json").read_text())
    assert (second.version, second.is_new) == (2, True)
    assert manifest["previous_manifest_sha256"] == first.manifest_sha256
    assert verify_package(first.path) == verify_package(second.path) == []


def test_package_of_issue_is_kept_whatever_becomes_known_later(settings: Settings) -> None:
    line = {"line_id": "a", "amount": "1"}
    drafted(settings, Statement("tune", "tune-master", [Line(**line, title="A")]))
    approve(settings, "2026-06", by="Ben")
    issue(settings, "2026-06", by="Ben")
    [first] = write_packages(settings)
    publish(settings, Statement("tune", "tune-master", [Line(**line, title="B")]))

    [second] = write_packages(settings)

    assert (second.version, second.is_new, second.state) == (1, False, "issued")
    assert hashes(second.path) == hashes(first.path)


def test_package_of_issue_that_is_lost_is_written_again_with_the_same_bytes(
    settings: Settings,
) -> None:
    """Regression: it was made of the data known when it was written, not only of the issue."""
    line = {"line_id": "a", "amount": "1"}
    drafted(settings, Statement("tune", "tune-master", [Line(**line, title="A")]))
    approve(settings, "2026-06", by="Ben")
    issue(settings, "2026-06", by="Ben")
    [first] = write_packages(settings)
    before = hashes(first.path)
    publish(settings, Statement("tune", "tune-master", [Line(**line, title="B")]))
    with duckdb.connect(str(settings.published_file)) as connection:
        connection.execute("update marts.dim_partners set partner_name = 'Another name'")
        for report in ("ai_usage_monthly", "consents", "removal_actions"):
            connection.execute(f"delete from reports.rpt_partner__{report}")
    shutil.rmtree(settings.outbox_root)

    [second] = write_packages(settings)

    assert hashes(second.path) == before


def test_package_of_issue_whose_reports_were_not_kept_shows_what_is_published(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Statements drafted by an earlier version have only their lines, uses and pools."""
    line = {"line_id": "a", "amount": "1"}
    monkeypatch.setattr("linernotes.statements.evidence.SHOWN", {})
    drafted(settings, Statement("tune", "tune-master", [Line(**line, title="A")]))
    approve(settings, "2026-06", by="Ben")
    issue(settings, "2026-06", by="Ben")
    monkeypatch.undo()
    publish(settings, Statement("tune", "tune-master", [Line(**line, title="B")]))

    [package] = write_packages(settings)

    [row] = read_package_csv(package.path / "compensation_lines.csv")
    assert row["title"] == "B"
    assert verify_package(package.path) == []
    assert verify_ledger(settings) == []


def test_package_of_issue_shows_what_an_earlier_version_did_not_keep_as_published(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stored reports are shown as issued; a report added since is shown as published."""
    line = {"line_id": "a", "amount": "1"}
    kept = {name: shown for name, shown in SHOWN.items() if name != "consents"}
    monkeypatch.setattr("linernotes.statements.evidence.SHOWN", kept)
    drafted(settings, Statement("tune", "tune-master", [Line(**line, title="A")]))
    approve(settings, "2026-06", by="Ben")
    issue(settings, "2026-06", by="Ben")
    monkeypatch.undo()
    publish(settings, Statement("tune", "tune-master", [Line(**line, title="B")]))

    [package] = write_packages(settings)

    [row] = read_package_csv(package.path / "compensation_lines.csv")
    proofs = {row["proof_id"] for row in read_package_csv(package.path / "consents.csv")}
    assert row["title"] == "A"
    assert proofs == {"decision-1", "decision-of-tune"}
    assert verify_package(package.path) == []


def test_package_of_issue_is_kept_whatever_is_agreed_later(settings: Settings) -> None:
    """Regression: changing one partner's sender setting gave all partners' issues a version 2."""
    drafted(settings, TUNE, WAVE)
    approve(settings, "2026-06", by="Ben")
    issue(settings, "2026-06", by="Ben")
    before = {one.path: hashes(one.path) for one in write_packages(settings)}

    for agreed in (
        '[sender]\nname = "Another service"\n',
        '[sender]\nmessage_version = "dsrf/1.4/13/1.5"\n',
        "[partners.tune]\ndeal_specific_rows = true\n",
        "[partners.tune]\nitem_level = true\n",
        f'[partners.tune]\ndpid = "{PARTNER_DPID}"\n',
    ):
        settings.agreements_file.write_text(agreed)
        packages = [
            *write_packages(settings, partner="tune"),
            *write_packages(settings, partner="wave"),
        ]

        assert [(one.version, one.is_new) for one in packages] == [(1, False), (1, False)], agreed
        assert {one.path: hashes(one.path) for one in packages} == before


def test_package_of_issue_is_written_as_is_agreed_now_on_request(settings: Settings) -> None:
    drafted(settings, TUNE)
    approve(settings, "2026-06", by="Ben")
    issue(settings, "2026-06", by="Ben")
    [first] = write_packages(settings)
    before = hashes(first.path)
    settings.agreements_file.write_text("[partners.tune]\ndeal_specific_rows = true\n")

    [second] = write_packages(settings, rewrite=True)
    [third] = write_packages(settings, rewrite=True)

    assert (second.version, second.is_new) == (2, True)
    assert (third.version, third.is_new) == (2, False)
    assert hashes(first.path) == before
    assert verify_package(second.path) == []


def test_package_of_draft_follows_what_is_agreed(settings: Settings) -> None:
    write_packages(drafted(settings, TUNE))
    settings.agreements_file.write_text("[partners.tune]\ndeal_specific_rows = true\n")

    [second] = write_packages(settings)

    assert (second.version, second.is_new) == (2, True)


def test_package_with_nothing_new_is_not_made_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = write_packages(drafted(settings, TUNE, WAVE))
    monkeypatch.setattr(writing, "_write_or_keep", lambda *_: pytest.fail("it was made again"))

    again = write_packages(settings)

    assert [(one.path, one.manifest_sha256, one.is_new) for one in again] == [
        (one.path, one.manifest_sha256, False) for one in packages
    ]


@pytest.mark.parametrize("lost", ["note", "version"])
def test_package_whose_note_or_version_is_lost_is_made_again(settings: Settings, lost: str) -> None:
    [package] = write_packages(drafted(settings, TUNE))
    before = hashes(package.path)
    if lost == "note":
        shutil.rmtree(settings.warehouse_file.parent / "packages")
    else:
        shutil.rmtree(package.path)

    [again] = write_packages(settings)

    assert (again.version, again.is_new) == (1, lost == "version")
    assert hashes(again.path) == before


def test_items_above_the_agreed_size_are_several_files_of_one_report(settings: Settings) -> None:
    settings.home.mkdir()
    settings.agreements_file.write_text("[partners.tune]\nitem_level = true\nitem_file_bytes = 1\n")
    [package] = write_packages(drafted(settings, TUNE))
    parts = sorted(path.name for path in package.path.glob("DSR_*-items_*"))
    assert verify_package(package.path) == []

    (package.path / parts[-1]).unlink()
    manifest = json.loads((package.path / "manifest.json").read_text())
    manifest["files"] = [one for one in manifest["files"] if one["name"] != parts[-1]]
    refit(package.path, manifest)
    remark(package.path)

    assert [name.split("_")[6] for name in parts] == ["1of3", "2of3", "3of3"]
    found = {problem.rule for problem in verify_package(package.path)}
    assert "files_of_the_report_are_there" in found


def test_packages_of_a_changed_ledger_are_not_written(settings: Settings) -> None:
    """Otherwise figures from a forged ledger would reach the partner as a new version."""
    drafted(settings, TUNE)
    approve(settings, "2026-06", by="Ben")
    entry = issue(settings, "2026-06", by="Ben").path / "entry.json"
    entry.write_text(entry.read_text().replace("Ben", "Bob"))

    with pytest.raises(LinernotesError, match="no package is made from it"):
        write_packages(settings)

    assert not settings.outbox_root.exists()


def test_package_after_corrected_title_is_a_new_version_of_the_same_draft(
    settings: Settings,
) -> None:
    write_packages(drafted(settings, Statement("tune", "tune-master", [Line("a", "1", title="A")])))

    [second] = write_packages(
        drafted(settings, Statement("tune", "tune-master", [Line("a", "1", title="B")]))
    )

    manifest = json.loads((second.path / "manifest.json").read_text())
    assert second.version == 2
    assert manifest["statements"][0]["version"] == 1


def test_package_holds_nothing_of_another_partner_e128(settings: Settings) -> None:
    packages = write_packages(drafted(settings, TUNE, WAVE))

    foreign = {"tune": ("wave", "recording-of-e", "7.77"), "wave": ("tune", "recording-of-a")}
    for package in packages:
        for path in package.path.glob("*.csv"):
            text = path.read_text()
            assert [word for word in foreign[package.partner_id] if word in text] == []
        for path in package.path.glob("*.parquet"):
            assert set(pl.read_parquet(path)["partner_id"]) == {package.partner_id}


def test_package_shows_the_pool_totals_needed_for_the_own_share_e128(settings: Settings) -> None:
    [package] = write_packages(drafted(settings, TUNE))

    pools = {row["territory"]: row for row in read_package_csv(package.path / "pool_totals.csv")}
    assert pools["DE"]["net_amount"] == "25.000000"
    assert pools["DE"]["total_quantity"] == "2500"
    assert pools["DE"]["fee_payout_amount"] == "12.500"


def test_package_of_month_without_anything_is_nil_e82(settings: Settings) -> None:
    [package] = write_packages(drafted(settings, Statement("tune", "tune-master")))

    manifest = json.loads((package.path / "manifest.json").read_text())
    lines = next(file for file in manifest["files"] if file["name"] == "compensation_lines.csv")
    heading = (package.path / "compensation_lines.csv").read_text()
    assert lines["rows"] == 0
    assert lines["control_totals"] == {"EUR": {"amount": "0.00"}}
    assert heading.startswith("partner_id,report_month,statement_id,")
    assert heading.count("\n") == 1
    assert pl.read_parquet(package.path / "compensation_lines.parquet").is_empty()
    assert verify_package(package.path) == []


def test_csv_and_parquet_of_lines_hold_the_same_amounts_e132(settings: Settings) -> None:
    [package] = write_packages(drafted(settings, TUNE))

    rows = list(read_package_csv(package.path / "compensation_lines.csv"))
    frame = pl.read_parquet(package.path / "compensation_lines.parquet")
    assert [row["line_id"] for row in rows] == frame["line_id"].to_list()
    assert [row["amount"] for row in rows] == ["-0.250", "10.000", "2.500", "4.000"]
    assert frame["amount"].dtype == pl.Decimal(24, 3)
    assert frame["report_month"].to_list() == ["2026-06"] * 4


def test_csv_has_one_scale_per_column_and_the_manifest_that_of_the_currency_e06(
    settings: Settings,
) -> None:
    statement = Statement("tune", "tune-jp", [Line("a", "334")], currency_code="JPY")

    [package] = write_packages(drafted(settings, statement))

    [row] = read_package_csv(package.path / "compensation_lines.csv")
    assert row["amount"] == "334.000"
    manifest = json.loads((package.path / "manifest.json").read_text())
    assert manifest["statements"][0]["totals"]["payable_amount"] == "334"
    assert verify_package(package.path) == []


def test_csv_of_dinar_amounts_shows_three_decimals_e07(settings: Settings) -> None:
    statement = Statement("tune", "tune-tn", [Line("a", "3.330")], currency_code="TND")

    [package] = write_packages(drafted(settings, statement))

    [row] = read_package_csv(package.path / "compensation_lines.csv")
    assert row["amount"] == "3.330"


def test_csv_shows_times_in_utc_and_lists_as_json(settings: Settings) -> None:
    [package] = write_packages(drafted(settings, TUNE))

    [row] = read_package_csv(package.path / "removals.csv")
    assert row["applied_at"] == "2026-06-10T12:00:00Z"
    assert row["content_type"] == '["AUDIO","SYNTHETIC_MEDIA"]'


def test_workbook_has_a_sheet_per_table_with_typed_cells(settings: Settings) -> None:
    [package] = write_packages(drafted(settings, TUNE))

    book = fastexcel.read_excel(package.path / "statement.xlsx")
    lines = book.load_sheet("Compensation lines").to_polars()
    assert book.sheet_names == [
        "Cover",
        "Pivot data",
        "Compensation lines",
        "Members and labels",
        "Pool totals",
        "Artists and writers",
        "AI usage",
        "Consents",
        "Credit gaps",
        "Fan connection",
        "Removals",
        "Removals summary",
    ]
    assert lines["Type of line"].to_list().count("Usage") == 3
    assert lines["line_type"].to_list().count("USAGE") == 3
    pivot = book.load_sheet("Pivot data").to_polars()
    assert pivot["Net amount"].sum() == pytest.approx(13.75)
    assert lines["Amount"].dtype == pl.Float64
    assert lines["Amount"].sum() == pytest.approx(16.25)
    assert lines["Usage month"].dtype in {pl.Date, pl.Datetime("ms")}


def test_workbook_text_that_looks_like_a_formula_stays_text_e131(settings: Settings) -> None:
    [package] = write_packages(drafted(settings, TUNE))

    sheet = fastexcel.read_excel(package.path / "statement.xlsx").load_sheet("Compensation lines")
    assert "=1+1" in sheet.to_polars()["Title"].to_list()


def test_workbook_of_draft_says_so_and_its_totals_agree(settings: Settings) -> None:
    [package] = write_packages(drafted(settings, TUNE))

    summary = fastexcel.read_excel(package.path / "statement.xlsx").load_sheet(
        "Cover", header_row=None
    )
    rows = summary.to_polars().rows()
    assert any("DRAFT" in str(row[0]) for row in rows)
    totals = [row[2:5] for row in rows if row[0] == "Total" and row[1] == "EUR"]
    assert totals[:2] == [("13.75", "2.5", "4"), ("13.75", "2.5", "4")] or totals[:2] == [
        (13.75, 2.5, 4.0),
        (13.75, 2.5, 4.0),
    ]


def test_workbook_totals_are_formulas_over_the_rows_above(settings: Settings) -> None:
    [package] = write_packages(drafted(settings, TUNE))

    with zipfile.ZipFile(package.path / "statement.xlsx") as book:
        summary = book.read("xl/worksheets/sheet1.xml").decode()
    totals = re.findall(r"<f>(SUMIFS[^<]*)</f><v>([^<]*)</v>", summary)
    by_territory = totals[3:6]
    assert [value for _, value in by_territory] == ["13.75", "2.5", "4.0"]
    assert re.fullmatch(
        r"SUMIFS\(\$C\$(\d+):\$C\$(\d+),\$B\$\1:\$B\$\2,\"EUR\"\)",
        by_territory[0][0].replace("&quot;", '"'),
    )


def test_workbook_of_table_too_long_for_a_sheet_has_the_summary_only(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook_module, "MOST_SHEET_ROWS", 3)

    [package] = write_packages(drafted(settings, TUNE))

    book = fastexcel.read_excel(package.path / "statement.xlsx")
    assert "Compensation lines" not in book.sheet_names
    assert "Pool totals" in book.sheet_names


def test_packages_of_changed_warehouse_ask_for_a_new_draft(settings: Settings) -> None:
    drafted(settings, TUNE)
    publish(settings, Statement("tune", "tune-master", [Line("a", "11.00")]))

    with pytest.raises(LinernotesError, match=r"tune-master\|2026-06.*statement draft"):
        write_packages(settings)

    assert not list(settings.outbox_root.rglob("v*"))


@pytest.mark.parametrize("name", ["manifest.json", "statement.xlsx"])
def test_packages_after_a_file_was_lost_say_which_folder(settings: Settings, name: str) -> None:
    [package] = write_packages(drafted(settings, TUNE))
    (package.path / name).unlink()

    with pytest.raises(LinernotesError, match=r"v1 is damaged"):
        write_packages(settings)


def test_packages_after_a_file_was_changed_name_it(settings: Settings) -> None:
    [package] = write_packages(drafted(settings, TUNE))
    (package.path / "compensation_lines.csv").write_text("")

    with pytest.raises(LinernotesError, match=r"damaged, compensation_lines.csv changed"):
        write_packages(settings)


def test_packages_without_draft_say_what_to_run(settings: Settings) -> None:
    publish(settings, TUNE)

    with pytest.raises(LinernotesError, match="linernotes statement draft"):
        write_packages(settings)


def test_packages_report_progress_after_each(settings: Settings) -> None:
    seen: list[tuple[int, int, str]] = []

    write_packages(drafted(settings, TUNE, WAVE), on_progress=lambda *step: seen.append(step))

    assert [step[:2] for step in seen] == [(1, 2), (2, 2)]
    assert {step[2] for step in seen} == {"tune 2026-06", "wave 2026-06"}


def test_readme_says_in_ten_lines_what_each_file_is(settings: Settings) -> None:
    [package] = write_packages(drafted(settings, TUNE))

    text = (package.path / "README.txt").read_text()
    assert text.count("\n") == 10
    assert text.startswith("DRAFT ")
    assert [
        name for name in FILES - {"README.txt"} if name.split(".")[0].split("_P")[0] not in text
    ] == []


def test_workbook_writes_days_that_spreadsheets_do_not_have_as_text(settings: Settings) -> None:
    """There, a day before 1900 is a negative number, and programs disagree on early 1900."""
    days = ["1889-05-01 12:30:00", "1899-12-31", "1900-01-01", "1900-02-28", "1900-03-01"]
    drafted(settings, TUNE)
    with duckdb.connect(str(settings.published_file)) as connection:
        for number, day in enumerate([*days, "2026-01-01"]):
            connection.execute(
                "insert into reports.rpt_partner__consents select * replace ("
                "$1 as decision_id, cast($2 as timestamp) as valid_from, null as valid_to) "
                "from reports.rpt_partner__consents where partner_id = 'tune' and "
                "not is_cited and not starts_with(decision_id, 'old-') limit 1",
                [f"old-{number}", day],
            )
    [package] = write_packages(settings)

    book = fastexcel.read_excel(package.path / "statement.xlsx")
    rows = book.load_sheet("Consents", dtypes="string").to_polars()
    found = dict(rows.select("Decision ID", "Valid from").iter_rows())
    texts = [found[f"old-{number}"] for number in range(6)]
    assert texts == [
        "1889-05-01 12:30:00",
        "1899-12-31 00:00:00",
        "1900-01-01 00:00:00",
        "1900-02-28 00:00:00",
        "1900-03-01 00:00:00",
        "2026-01-01 00:00:00",
    ]
