"""Expectations on monthly AI usage before publication.

Tests of the model check the figures.
"""

from expectations.suite import Suite, expect_no_personal_columns, expect_no_rows, expect_rows

SUITE = Suite(
    table="rpt_partner__ai_usage_monthly",
    relied_on_by="Partners see in it how their catalogue is used, and compare it with what they"
    " are paid.",
    expectations=(
        expect_rows(reason="Without usage the report is empty: look at what is excluded, and why."),
        expect_no_rows(
            "counts_are_not_negative",
            "select partner_id, report_month from {batch} where generation_count < 0 or play_count"
            " < 0"
            " or distinct_object_count < 0 or weighted_quantity < 0",
            reason="Usage cannot be less than nothing.",
        ),
        expect_no_personal_columns(),
    ),
)
