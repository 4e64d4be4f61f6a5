"""What is expected of the decisions in force before publication.

Which decisions can be used is tested beside the consent ledger.
"""

from expectations.suite import (
    Suite,
    expect,
    expect_no_personal_columns,
    expect_no_rows,
    expect_unique,
)

SUITE = Suite(
    table="rpt_executive__consent_monthly",
    relied_on_by="Executives judge by it how much of the repertoire is opened to which use.",
    expectations=(
        expect_unique(
            "has_one_row_per_month_partner_and_decision",
            ["report_month", "partner_id", "decision_id"],
            reason="A decision twice counts as two, and moves the share that allows.",
        ),
        expect(
            "decision_is_listed",
            "ExpectColumnValuesToBeInSet",
            column="decision",
            value_set=["allow", "deny"],
            reason="There are two answers; silence is no decision.",
        ),
        expect_no_rows(
            "decision_is_valid_in_its_month",
            "select report_month, decision_id from {batch}"
            " where valid_from >= report_month + interval 1 month or valid_to <= report_month",
            reason="A decision that was not valid then is shown as an answer that nobody gave.",
        ),
        expect_no_personal_columns(),
    ),
)
