"""Expectations on the money of removals before publication.

Tests of the model check the amounts.
"""

from expectations.suite import Suite, expect_no_personal_columns, expect_no_rows

SUITE = Suite(
    table="rpt_partner__removal_money",
    relied_on_by="It shows partners what removals put on hold, and where that money went.",
    expectations=(
        expect_no_rows(
            "ends_are_not_negative",
            "select partner_id, report_month from {batch}"
            " where least(held_amount, returned_to_pool_amount, paid_on_reinstatement_amount) < 0",
            reason="No amount of this report can be negative: money that goes back to a hold"
            " counts as put on hold, or as an adjustment.",
        ),
        expect_no_personal_columns(),
    ),
)
