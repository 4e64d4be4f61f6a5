"""Expectations on statements before publication.

Tests of the model check the figures.
"""

from expectations.suite import Suite, expect_no_personal_columns, expect_no_rows, expect_rows

SUITE = Suite(
    table="rpt_partner__compensation_statement",
    relied_on_by="It states what partners are paid and what finance accrues.",
    expectations=(
        expect_rows(
            reason="A contract without earnings has a statement too: check whether contracts and"
            " revenue are loaded."
        ),
        expect_no_rows(
            "nothing_negative_is_paid",
            "select statement_id from {batch} where payable_amount < 0",
            reason="A negative balance is carried forward; it is never an amount due.",
        ),
        expect_no_rows(
            "no_payment_jumps",
            "with ordered as (select statement_id, earned_amount, lag(earned_amount) over ("
            "partition by contract_id order by report_month) as earned_before from {batch})"
            " select statement_id from ordered where earned_before > 1000"
            " and (earned_amount > 10 * earned_before or earned_amount * 10 < earned_before)",
            reason="Earnings are over ten times the month before, or under a tenth of it: review"
            " them before the close.",
            severity="warn",
        ),
        expect_no_rows(
            "little_is_held",
            "select contract_id from {batch} group by contract_id"
            " having sum(held_amount) > 1000 and sum(held_amount) > sum(earned_amount)",
            reason="More is on hold than earned on a contract. The partner will ask why: know the"
            " reasons of the holds.",
            severity="warn",
        ),
        expect_no_personal_columns(),
    ),
)
