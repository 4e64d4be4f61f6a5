"""Expectations on the uplift of partners' recordings before publication.

Tests of the models check the estimates.
"""

from expectations.suite import Suite, expect_no_personal_columns, expect_no_rows

SUITE = Suite(
    table="rpt_partner__fan_uplift",
    relied_on_by="It shows partners whether derivatives bring listeners to their recordings.",
    expectations=(
        expect_no_rows(
            "verdict_is_that_of_the_interval",
            "select partner_id, report_month from {batch}"
            " where (verdict = 'higher' and lower_uplift_rate <= 0)"
            " or (verdict = 'lower' and upper_uplift_rate >= 0)"
            " or (verdict <> 'cannot_tell' and lower_uplift_rate is null)",
            reason="A claim that its own interval does not support must not leave the company.",
        ),
        expect_no_personal_columns(),
    ),
)
