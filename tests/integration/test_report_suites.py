"""Suites of the reports over a real warehouse."""

from pathlib import Path

import pytest

from expectations.runner import CheckResult, run_suites
from linernotes.base.settings import Settings
from tests.fixtures.worlds import Rows


@pytest.fixture(scope="module")
def results(case_home: Path) -> list[CheckResult]:
    return run_suites(Settings(home=case_home), layer="reports")


def test_report_suites_over_the_edge_cases_can_all_be_asked(results: list[CheckResult]) -> None:
    assert [result.reason for result in results if result.outcome == "error"] == []


def test_report_suites_over_the_edge_cases_block_nothing(results: list[CheckResult]) -> None:
    assert not [result for result in results if result.is_blocking]


def test_e130_payable_of_the_executives_waterfall_equals_the_statements_to_the_cent(
    rows: Rows,
) -> None:
    totals = rows(
        "select report_month, partner_id, currency_code, sum(amount) "
        "from reports.rpt_executive__money_waterfall where step_name = 'payable' "
        "group by all having sum(amount) <> 0 order by all"
    )
    statements = rows(
        "select report_month, partner_id, currency_code, sum(payable_amount) "
        "from marts.fct_statements group by all having sum(payable_amount) <> 0 order by all"
    )

    assert totals == statements
    assert len(totals) > 20
