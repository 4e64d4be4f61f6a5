"""Suites of the reports over a warehouse that was really built."""

from pathlib import Path

import pytest

from expectations.runner import CheckResult, run_suites
from linernotes.settings import Settings


@pytest.fixture(scope="module")
def results(case_home: Path) -> list[CheckResult]:
    return run_suites(Settings(home=case_home), layer="reports")


def test_report_suites_over_the_edge_cases_can_all_be_asked(results: list[CheckResult]) -> None:
    assert not [result for result in results if result.outcome == "error"]


def test_report_suites_over_the_edge_cases_block_nothing(results: list[CheckResult]) -> None:
    assert not [result for result in results if result.is_blocking]
