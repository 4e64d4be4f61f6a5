"""Expectations on monthly notices before publication.

Tests of the model check the figures.
"""

from expectations.suite import Suite, expect_no_personal_columns, expect_no_rows

SUITE = Suite(
    table="rpt_partner__notices_monthly",
    relied_on_by="It shows partners the outcome of their notices.",
    expectations=(
        expect_no_rows(
            "parts_stay_within_the_notices",
            "select partner_id, report_month from {batch} where valid_notice_count > notice_count"
            " or withdrawn_notice_count > notice_count",
            reason="A part cannot exceed the whole: check the model.",
        ),
        expect_no_rows(
            "no_notice_waits_for_a_quarter",
            "select partner_id, report_month from {batch} where oldest_open_notice_hours > 24 * 90",
            reason="A notice has been open for 90 days: ask Trust and safety to answer it.",
            severity="warn",
        ),
        expect_no_personal_columns(),
    ),
)
