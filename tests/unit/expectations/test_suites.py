"""Rules for every suite: its name, its table, its texts, and that its queries run.

`test_runner.py` tests how suites are run.
"""

import re
from pathlib import Path

import pytest

from expectations.runner import load_suites, run_suites
from expectations.suite import Expectation, Suite
from linernotes.base.settings import PROJECT_ROOT, Settings
from linernotes.ingestion import Lake

SUITES = load_suites()
RESULTS = "raw_door__check_results"


def test_raw_tables_each_have_a_suite(tmp_path: Path) -> None:
    tables = set(Lake(tmp_path).tables()) - {RESULTS}

    assert {suite.table for suite in load_suites(layer="raw")} == tables


def test_reports_each_have_a_suite() -> None:
    reports = {path.stem for path in (PROJECT_ROOT / "models").rglob("rpt_*.sql")}

    assert {suite.table for suite in load_suites(layer="reports")} == reports


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.table)
def test_suite_claims_each_have_a_name_and_a_reason(suite: Suite) -> None:
    claims = [expectation.claim for expectation in suite.expectations]

    assert len(set(claims)) == len(claims)
    assert suite.relied_on_by.endswith(".")
    assert all(expectation.reason.endswith(".") for expectation in suite.expectations)


def test_suites_hold_no_key_list_or_sum() -> None:
    """Tests beside the models (dbt) or the intake's contracts cover these claims.

    Ninety of them were once duplicated, and the two copies could differ.
    """
    second_copies = [
        suite.check_name(expectation)
        for suite in SUITES
        for expectation in suite.expectations
        if expectation.kind in {"ExpectColumnValuesToBeInSet", "ExpectColumnValuesToBeUnique"}
        or re.search(r"having count\(\*\) > 1$|full join|is distinct from", query_of(expectation))
    ]

    assert not second_copies


def test_suites_ask_of_their_own_table() -> None:
    """The tool warns of a query without its table, eleven lines in each build."""
    foreign = [
        suite.check_name(expectation)
        for suite in SUITES
        for expectation in suite.expectations
        if query_of(expectation) and "{batch}" not in query_of(expectation)
    ]

    assert not foreign


def query_of(expectation: Expectation) -> str:
    return expectation.arguments.get("unexpected_rows_query", "").strip()


def test_suite_modules_are_named_after_their_tables() -> None:
    modules = {path.stem for path in (PROJECT_ROOT / "expectations" / "suites").glob("r*.py")}

    assert {suite.table for suite in SUITES} == modules


def test_raw_suites_over_an_empty_lake_warn_of_nothing_but_emptiness(tmp_path: Path) -> None:
    results = run_suites(Settings(home=tmp_path), layer="raw")

    broken = {result.check_name for result in results if result.outcome != "passed"}
    assert {name.rpartition("__")[2] for name in broken} == {"has_rows"}
    assert not [result for result in results if result.is_blocking]
