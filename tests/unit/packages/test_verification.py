"""The check of a package finds every change, even if the manifest was changed too."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

import duckdb
import pytest

from linernotes.base.settings import Settings
from linernotes.packages import verify_package, write_packages
from linernotes.statements import draft
from tests.fixtures.packages import refit, remark
from tests.fixtures.published_warehouse import Line, Statement, publish


@pytest.fixture
def package(tmp_path: Path) -> Path:
    settings = Settings(home=tmp_path)
    lines = [Line("a", "10.00"), Line("b", "2.50", hold_bucket="CONSENT")]
    publish(settings, Statement("tune", "tune-master", lines))
    settings.agreements_file.write_text("[partners.tune]\nitem_level = true\n")
    draft(settings, by="Ada")
    [written] = write_packages(settings)
    return written.path


def test_package_that_lists_an_action_of_an_earlier_month_verifies(tmp_path: Path) -> None:
    """An action in force is in each `removals.csv`, but in only one month's side file."""
    settings = Settings(home=tmp_path)
    publish(settings, Statement("tune", "tune-master", [Line("a", "10.00")]))
    with duckdb.connect(str(settings.published_file)) as connection:
        connection.execute(
            "insert into reports.rpt_partner__removal_actions select * replace ("
            "'standing' as puid, timestamp '2026-05-31 23:59:59' as applied_at) "
            "from reports.rpt_partner__removal_actions"
        )
    draft(settings, by="Ada")
    [written] = write_packages(settings)

    assert "standing" in (written.path / "removals.csv").read_text()
    assert rules(written.path) == set()


def rules(package: Path) -> set[str]:
    return {problem.rule for problem in verify_package(package)}


def edit_manifest(package: Path, change: Callable[[dict], None]) -> None:
    path = package / "manifest.json"
    manifest = json.loads(path.read_text())
    change(manifest)
    path.write_text(json.dumps(manifest))
    with suppress(KeyError, OSError):
        remark(package)


def forge(package: Path, name: str, old: str, new: str) -> None:
    """Change a file and adapt the manifest, as an attacker would."""
    path = package / name
    content = path.read_text()
    assert old in content
    path.write_text(content.replace(old, new, 1))

    edit_manifest(package, lambda manifest: refit(package, manifest))


def test_verify_of_package_moved_elsewhere_finds_nothing(package: Path, tmp_path: Path) -> None:
    moved = package.rename(tmp_path / "received")

    assert verify_package(moved) == []


def test_verify_of_changed_byte_names_the_file(package: Path) -> None:
    path = package / "consents.parquet"
    content = bytearray(path.read_bytes())
    content[20] ^= 1
    path.write_bytes(content)

    [problem] = verify_package(package)

    assert (problem.file, problem.rule) == ("consents.parquet", "file_hash_agrees")


def rewrite_table(package: Path, name: str, query: str) -> None:
    """Replace both data files of a table by a query on it, with a matching manifest."""
    with duckdb.connect() as connection:
        connection.execute(f"create table found as from '{package / name}.parquet'")
        connection.execute(f"copy ({query}) to '{package / name}.parquet'")
        connection.execute(
            f"copy ({query}) to '{package / name}.csv' (header, nullstr '', "
            "timestampformat '%Y-%m-%dT%H:%M:%SZ')"
        )
        [(rows,)] = connection.execute(f"select count(*) from ({query})").fetchall()

    def change(manifest: dict) -> None:
        for entry in manifest["files"]:
            if entry["name"].startswith(f"{name}."):
                entry["rows"] = rows
        refit(package, manifest)

    edit_manifest(package, change)


def test_verify_finds_every_line_whose_consent_is_not_in_the_package(package: Path) -> None:
    """Regression: partners had 30,113 paid lines, but the consents of only 34 of them."""
    rewrite_table(package, "consents", "from found where not is_cited")

    [problem] = verify_package(package)

    assert (problem.file, problem.rule) == ("consents.csv", "consent_of_line_is_there")
    assert problem.details == "decision-1, named by a, is not"


def test_verify_finds_a_paid_line_whose_consent_allows_nothing(package: Path) -> None:
    rewrite_table(package, "consents", "select * replace ('deny' as decision) from found")

    assert rules(package) == {"consent_of_line_allows"}


def test_verify_of_a_package_of_an_earlier_form_asks_for_no_consents(package: Path) -> None:
    rewrite_table(package, "consents", "from found where not is_cited")
    assert "consent_of_line_is_there" in rules(package)

    edit_manifest(package, lambda manifest: manifest.update(manifest_version=2))

    # The DSR files are in the present form, and so are not recognised as older ones.
    assert "consent_of_line_is_there" not in rules(package)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        pytest.param("\nRM01\t", "\nRM01\tx", "actions_are_those_of_the_package", id="action"),
        pytest.param("v1-removals", "v2-removals", "message_id_is_the_versions", id="message"),
        pytest.param("\nSRFO\t", "\nSRFO\t1", "footer_counts_the_file", id="footer"),
        pytest.param("\nRM01\t", "\nRM01\t\t", "rows_are_readable", id="cells"),
    ],
)
def test_verify_holds_the_removals_file_to_the_package(
    package: Path, old: str, new: str, rule: str
) -> None:
    [path] = package.glob("REMOVALS_*.tsv")

    forge(package, path.name, old, new)

    assert rules(package) == {rule}


def test_verify_of_missing_file_says_so(package: Path) -> None:
    (package / "removals.csv").unlink()

    assert rules(package) == {"file_is_there"}


def test_verify_of_added_file_says_so(package: Path) -> None:
    (package / "extra.csv").write_text("")

    assert rules(package) == {"file_is_listed"}


def test_verify_without_manifest_says_so(package: Path) -> None:
    (package / "manifest.json").unlink()

    assert rules(package) == {"manifest_is_readable"}


def test_verify_of_manifest_with_missing_part_says_so(package: Path) -> None:
    edit_manifest(package, lambda manifest: manifest.pop("statements"))

    assert rules(package) == {"manifest_is_complete"}


def test_verify_of_file_name_that_leaves_the_folder_says_so(package: Path) -> None:
    def leave(manifest: dict) -> None:
        manifest["files"][0]["name"] = "../README.txt"

    edit_manifest(package, leave)

    assert "file_is_there" in rules(package)


def test_verify_of_forged_amount_finds_totals_hash_and_share(package: Path) -> None:
    forge(package, "compensation_lines.csv", ",10.000,EUR", ",11.000,EUR")

    assert rules(package) == {
        "control_total_agrees",
        "line_set_hash_agrees",
        "statement_total_equals_lines",
        "own_share_recomputes",
        "totals_are_the_statements",
    }


def test_verify_of_forged_pool_finds_that_the_share_is_another(package: Path) -> None:
    forge(package, "pool_totals.csv", ",25.000000,", ",50.000000,")

    problems = verify_package(package)

    assert [problem.rule for problem in problems] == ["own_share_recomputes"] * 2
    assert "share_arm_amount is 12.500000, recomputed 25.000000" in problems[0].details


def test_verify_of_line_without_its_pool_says_so(package: Path) -> None:
    forge(package, "compensation_lines.csv", "2026-06|DE|remix", "2026-06|FR|remix")

    assert "pool_of_line_is_there" in rules(package)


def test_verify_of_figure_that_is_no_number_says_so(package: Path) -> None:
    forge(package, "pool_totals.csv", ",25.000000,", ",NaN,")

    assert rules(package) == {"figures_are_numbers"}


def test_verify_of_row_of_another_partner_says_so_e128(package: Path) -> None:
    forge(package, "consents.csv", "tune,2026-06", "wave,2026-06")

    assert rules(package) == {"rows_belong_to_partner_and_month"}


def test_verify_of_dropped_row_finds_the_count(package: Path) -> None:
    rows = (package / "ai_usage.csv").read_text()
    forge(package, "ai_usage.csv", rows[rows.index("\n") + 1 :], "")

    assert rules(package) == {"row_count_agrees"}


@pytest.mark.parametrize("content", ["", "no,such,columns\n1,2,3\n", 'a,b\n"', "a,b\n1\n"])
def test_verify_of_unreadable_table_says_so(package: Path, content: str) -> None:
    path = package / "compensation_lines.csv"
    forge(package, "compensation_lines.csv", path.read_text(), content)

    assert rules(package) == {"rows_are_readable"}


def test_verify_of_unreadable_parquet_says_so(package: Path) -> None:
    path = package / "consents.parquet"
    path.write_text("PAR1")
    forge(package, "consents.parquet", "PAR1", "none")

    assert rules(package) == {"rows_are_readable"}


def test_verify_of_forged_statement_finds_that_it_does_not_close(package: Path) -> None:
    def forge_closing(manifest: dict) -> None:
        manifest["statements"][0]["totals"]["closing_amount"] = "99.00"

    edit_manifest(package, forge_closing)

    assert rules(package) == {"statement_balance_closes", "statement_total_equals_lines"}


def test_verify_of_total_that_is_no_text_finds_it(package: Path) -> None:
    """Most programs read a JSON number as a float."""

    def as_number(manifest: dict) -> None:
        totals = manifest["statements"][0]["totals"]
        totals["tax_amount"] = float(totals["tax_amount"])

    edit_manifest(package, as_number)

    assert rules(package) == {"totals_are_written_as_money"}


def test_verify_of_issued_package_of_drafts_finds_it(package: Path) -> None:
    edit_manifest(package, lambda manifest: manifest.update(state="issued"))

    assert rules(package) == {
        "state_is_the_statements",
        "head_is_the_issues",
        "manifest_is_signed",
    }


def test_verify_of_version_after_changed_one_finds_the_broken_chain(package: Path) -> None:
    settings = Settings(home=package.parents[3])
    publish(settings, Statement("tune", "tune-master", [Line("a", "1.00")]))
    draft(settings, by="Ada")
    [second] = write_packages(settings)
    edit_manifest(package, lambda manifest: manifest.update(freeze="2020-01-01T00:00:00Z"))

    assert rules(second.path) == {"manifest_is_chained"}


def item_report(package: Path) -> str:
    [path] = package.glob("DSR_*-items_*.tsv")
    return path.name


def test_verify_of_package_without_an_agreed_dsr_file_says_so(package: Path) -> None:
    name = item_report(package)
    (package / name).unlink()

    def leave_out(manifest: dict) -> None:
        manifest["files"] = [file for file in manifest["files"] if file["name"] != name]

    edit_manifest(package, leave_out)

    assert "dsr_files_are_the_agreed_ones" in rules(package)


def test_verify_of_item_report_with_another_line_says_so(package: Path) -> None:
    forge(package, item_report(package), "\ta\tS000001", "\tz\tS000001")

    assert "sales_are_the_lines" in rules(package)


def test_verify_of_item_report_under_another_message_says_so(package: Path) -> None:
    forge(package, item_report(package), "-v1-items", "-v2-items")

    assert "message_id_is_the_versions" in rules(package)


def installed_by(project: str, extra: str) -> set[str]:
    """The distributions that an installation with one extra includes, by their plain names."""
    found: set[str] = set()
    waiting = [(project, extra)]
    while waiting:
        name, wanted = waiting.pop()
        with suppress(PackageNotFoundError):
            for text in requires(name) or []:
                requested = re.search(r"extra == ['\"]([\w-]+)['\"]", text)
                if requested and requested[1] != wanted:
                    continue
                needed = re.match(r"[\w.-]+", text)
                if needed and (plain := re.sub("[-_.]+", "-", needed[0]).lower()) not in found:
                    found.add(plain)
                    waiting.append((plain, ""))
    return found


def test_package_is_checked_with_the_extra_for_it_alone(package: Path) -> None:
    """A partner installs `linernotes[verify]`, without Dagster, dbt, typesetter or charts."""
    allowed = installed_by("linernotes", "verify")
    modules = {
        module
        for module, names in packages_distributions().items()
        if not {re.sub("[-_.]+", "-", name).lower() for name in names} & allowed
    } - {"linernotes"}
    program = f"""
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {sorted(modules)!r}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
from linernotes.cli.app import run
sys.exit(run(["verify", "--package", {str(package)!r}]))
"""

    end = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert {"dagster", "dbt", "altair", "typst", "polars"} <= modules
    assert end.returncode == 0, end.stderr
    assert "passed: hashes" in end.stdout
