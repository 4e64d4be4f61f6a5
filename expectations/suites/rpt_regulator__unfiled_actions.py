"""Expectations on actions that cannot be filed before publication.

Tests of the model check the figures.
"""

from expectations.suite import Suite, expect, expect_no_personal_columns, expect_no_rows

SUITE = Suite(
    table="rpt_regulator__unfiled_actions",
    relied_on_by="The compliance team works through it before the filing is late.",
    expectations=(
        expect(
            "reason_is_given",
            "ExpectColumnValuesToNotBeNull",
            column="unfiled_reason",
            reason="An action that is listed without a reason cannot be corrected.",
        ),
        expect_no_rows(
            "few_actions_stay_unfiled",
            "select unfiled_count from (select count(*) as unfiled_count from {batch}) as counted"
            " where unfiled_count * 20 > (select count(*) from fct_removal_actions)"
            " and unfiled_count > 20",
            reason="Over 5 % of actions cannot be filed: ask trust and safety to correct what"
            " unfiled_reason names.",
            severity="warn",
        ),
        expect_no_personal_columns(),
    ),
)
