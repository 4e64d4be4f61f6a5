"""Runs of suites: outcomes, severities, and their records.

`test_suites.py` tests the project's own suites.
"""

import re
from pathlib import Path

import duckdb
import pytest

from expectations import runner
from expectations.runner import CheckResult, run_suites
from expectations.suite import Suite, expect, expect_no_rows
from linernotes.base.settings import Settings
from linernotes.ingestion import Lake

LINES = Suite(
    table="rpt_test__lines",
    relied_on_by="Nobody but this test.",
    expectations=(
        expect_no_rows(
            "line_is_there_once",
            "select line_id from {batch} group by line_id having count(*) > 1",
            reason="Twice is paid twice.",
        ),
        expect(
            "amount_is_positive",
            "ExpectColumnValuesToBeBetween",
            column="amount",
            min_value=0,
            reason="Nobody owes us.",
        ),
        expect_no_rows(
            "amount_is_small",
            "select line_id from {batch} where amount > 100",
            reason="Large sums are looked at.",
            severity="warn",
        ),
        expect_no_rows(
            "question_makes_sense",
            "select line_id from {batch} where no_such_column = 1",
            reason="It does not.",
        ),
        expect("has_rows", "ExpectTableRowCountToBeBetween", min_value=1, reason="Not nothing."),
        expect_no_rows(
            "table_is_known",
            "select line_id from {batch} anti join no_such_table using (line_id)",
            reason="It is not.",
            severity="warn",
        ),
    ),
)
MISSING = Suite(
    table="rpt_test__missing",
    relied_on_by="Nobody but this test.",
    expectations=(
        expect("has_rows", "ExpectTableRowCountToBeBetween", min_value=1, reason="Not nothing."),
    ),
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    settings.warehouse_file.parent.mkdir(parents=True)
    with duckdb.connect(str(settings.warehouse_file)) as connection:
        connection.execute("create schema reports")
        connection.execute(
            "create table reports.rpt_test__lines as select * from (values"
            " ('a', 1.00::decimal(12, 2)), ('b', -2.00), ('b', -3.00), ('c', 500.00)"
            ") as lines(line_id, amount)"
        )
    return settings


@pytest.fixture(scope="module")
def results(home: Settings) -> dict[str, CheckResult]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runner, "load_suites", lambda tables, layer: [LINES, MISSING])
        found = run_suites(home, layer="reports")
    return {result.check_name: result for result in found}


@pytest.mark.parametrize(
    ("check_name", "severity", "outcome", "unexpected_count", "is_blocking"),
    [
        ("rpt_test__lines__line_is_there_once", "error", "failed", 1, True),
        ("rpt_test__lines__amount_is_positive", "error", "failed", 2, True),
        ("rpt_test__lines__amount_is_small", "warn", "failed", 1, False),
        ("rpt_test__lines__question_makes_sense", "error", "error", 0, True),
        ("rpt_test__lines__has_rows", "error", "passed", 0, False),
        ("rpt_test__lines__table_is_known", "warn", "error", 0, False),
        ("rpt_test__missing__has_rows", "error", "error", 0, True),
    ],
)
def test_check_with_its_data_has_the_outcome(
    results: dict[str, CheckResult],
    check_name: str,
    severity: str,
    outcome: str,
    unexpected_count: int,
    is_blocking: bool,
) -> None:
    result = results[check_name]

    assert (result.severity, result.outcome) == (severity, outcome)
    assert result.unexpected_count == unexpected_count
    assert result.is_blocking is is_blocking


def test_check_that_cannot_run_says_why(results: dict[str, CheckResult]) -> None:
    reason = results["rpt_test__lines__question_makes_sense"].reason

    assert reason.startswith("It does not. The check could not run:")
    assert "no_such_column" in reason


def test_results_of_a_run_are_kept_in_the_lake(
    home: Settings, results: dict[str, CheckResult]
) -> None:
    kept = Lake(home.lake_root).read("raw_door__check_results").collect()

    assert set(kept["check_name"]) == set(results)
    assert kept["run_id"].n_unique() == 1
    assert set(kept["outcome"]) == {"passed", "failed", "error"}


def test_data_docs_of_a_run_are_a_site_without_cell_values(
    home: Settings, results: dict[str, CheckResult]
) -> None:
    site = home.reports_root / "data_docs"

    pages = {path.name: path.read_text(encoding="utf-8") for path in site.rglob("*.html")}

    assert len(pages) > 1
    assert not [name for name, page in pages.items() if "-3.00" in page]
    for name in {one.table_name for one in results.values()}:
        assert f'href="{name}.html"' in pages["index.html"]
    failed = [one for one in results.values() if one.outcome == "failed"]
    assert failed
    for one in failed:
        assert "failed" in pages[f"{one.table_name}.html"]


def test_data_docs_of_a_run_need_no_other_host_and_no_script(
    home: Settings, results: dict[str, CheckResult]
) -> None:
    """Regression: the tool's own pages loaded scripts and styles from seven hosts."""
    site = home.reports_root / "data_docs"
    pages = [path.read_text(encoding="utf-8") for path in site.iterdir()]

    assert not [page for page in pages if "<script" in page or "url(" in page]
    links = {link for page in pages for link in re.findall(r'(?:href|src)="([^"]+)"', page)}
    assert links
    assert all((site / link).is_file() for link in links)


def test_run_of_an_unknown_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="rpt_partner__nothing"):
        run_suites(Settings(home=tmp_path), tables=["rpt_partner__nothing"])
