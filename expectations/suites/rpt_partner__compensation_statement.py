"""Expectations on statements before publication.

Tests of the model check the figures.
"""

from expectations.suite import Suite, expect_no_personal_columns, expect_no_rows, expect_rows

SUITE = Suite(
    table="rpt_partner__compensation_statement",
    relied_on_by="Partners are paid by it, and finance accrues by it.",
    expectations=(
        expect_rows(
            reason="Nothing to report is a statement too: look whether contracts and revenue are"
            " loaded."
        ),
        expect_no_rows(
            "nothing_negative_is_paid",
            "select statement_id from {batch} where payable_amount < 0",
            reason="A debt is carried, never collected by a statement.",
        ),
        expect_no_rows(
            "no_payment_jumps",
            "with ordered as (select statement_id, earned_amount, lag(earned_amount) over ("
            "partition by contract_id order by report_month) as earned_before from {batch})"
            " select statement_id from ordered where earned_before > 1000"
            " and (earned_amount > 10 * earned_before or earned_amount * 10 < earned_before)",
            reason="Ten times the month before, or a tenth of it: review before close.",
            severity="warn",
        ),
        expect_no_rows(
            "little_is_held",
            "select contract_id from {batch} group by contract_id"
            " having sum(held_amount) > 1000 and sum(held_amount) > sum(earned_amount)",
            reason="More held than paid on a contract: the partner will ask, so know the buckets.",
            severity="warn",
        ),
        expect_no_personal_columns(),
    ),
)
