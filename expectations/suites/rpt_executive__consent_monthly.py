"""Expectations on the decisions in force before publication.

Tests of the consent ledger check which decisions can be used.
"""

from expectations.suite import Suite, expect_no_personal_columns, expect_no_rows

SUITE = Suite(
    table="rpt_executive__consent_monthly",
    relied_on_by="It shows executives how much of the repertoire is open to which use.",
    expectations=(
        expect_no_rows(
            "decision_is_valid_in_its_month",
            "select report_month, decision_id from {batch}"
            " where valid_from >= report_month + interval 1 month or valid_to <= report_month",
            reason="A month counts a decision that was not valid in it: check the model.",
        ),
        expect_no_personal_columns(),
    ),
)
