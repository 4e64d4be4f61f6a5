"""Expectations on monthly AI usage before publication.

Tests of the model check the figures.
"""

from expectations.suite import Suite, expect_no_personal_columns, expect_no_rows, expect_rows

SUITE = Suite(
    table="rpt_partner__ai_usage_monthly",
    relied_on_by="It shows partners how their catalogue is used, to compare with what they are"
    " paid.",
    expectations=(
        expect_rows(reason="Without usage, the report is empty: check what is excluded, and why."),
        expect_no_rows(
            "counts_are_not_negative",
            "select partner_id, report_month from {batch} where generation_count < 0 or play_count"
            " < 0"
            " or distinct_object_count < 0 or weighted_quantity < 0",
            reason="Usage cannot be negative: check the model.",
        ),
        expect_no_personal_columns(),
    ),
)
