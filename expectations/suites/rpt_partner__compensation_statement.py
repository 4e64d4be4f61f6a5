"""What is expected of statements before publication.

How a figure comes about is tested beside its model.
"""

from expectations.suite import (
    Suite,
    expect,
    expect_no_personal_columns,
    expect_no_rows,
    expect_rows,
    expect_unique,
)

SUITE = Suite(
    table="rpt_partner__compensation_statement",
    relied_on_by="Partners are paid by it, and finance accrues by it.",
    expectations=(
        expect_unique(
            "has_one_row_per_statement",
            ["statement_id"],
            reason="A statement twice is paid twice.",
        ),
        expect_rows(
            reason="Nothing to report is a statement too: look whether contracts and revenue are"
            " loaded."
        ),
        expect_no_rows(
            "terms_sum_to_the_closing_balance",
            "select statement_id from {batch} where opening_amount + earned_amount"
            " + correction_amount - fee_amount + true_up_amount - reserve_taken_amount"
            " + reserve_released_amount - recouped_amount - tax_amount - penalty_amount"
            " + resumed_amount <> closing_amount",
            reason="A partner recomputes the balance, term by term.",
        ),
        expect_no_rows(
            "closing_is_paid_or_carried",
            "select statement_id from {batch} where payable_amount + carried_amount"
            " + suspended_amount <> closing_amount",
            reason="What is neither paid, carried nor suspended is lost.",
        ),
        expect_no_rows(
            "opens_with_what_was_carried",
            "with ordered as (select statement_id, opening_amount, lag(carried_amount) over ("
            "partition by contract_id order by report_month) as carried_before from {batch})"
            " select statement_id from ordered where carried_before is not null and opening_amount"
            " <> carried_before",
            reason="A balance that is carried out of one month has to come into the next.",
        ),
        expect_no_rows(
            "header_equals_its_lines",
            "select statement_id from {batch} left join ("
            " select statement_id,"
            " sum(case when hold_bucket is null then amount else 0 end) as line_amount,"
            " sum(case when hold_bucket <> 'SUSPENDED' then amount else 0 end) as line_held_amount"
            " from rpt_partner__compensation_lines group by all) as lines using (statement_id)"
            " where closing_amount - suspended_amount <> coalesce(line_amount, 0)"
            " or held_amount <> coalesce(line_held_amount, 0)",
            reason="The total has to equal the lines that explain it; a statement that does not"
            " cannot be issued.",
        ),
        expect_no_rows(
            "nothing_negative_is_paid",
            "select statement_id from {batch} where payable_amount < 0",
            reason="A debt is carried, never collected by a statement.",
        ),
        expect(
            "state_is_listed",
            "ExpectColumnValuesToBeInSet",
            column="statement_state",
            value_set=["draft", "approved", "issued"],
            reason="Readers tell an estimate from an issued figure by it.",
        ),
        expect_no_rows(
            "no_payment_jumps",
            "with ordered as (select statement_id, earned_amount, lag(earned_amount) over ("
            "partition by contract_id order by report_month) as earned_before from {batch})"
            " select statement_id from ordered where earned_before > 1000"
            " and (earned_amount > 10 * earned_before or earned_amount * 10 < earned_before)",
            reason="Ten times the month before, or a tenth of it: have somebody look before the"
            " close.",
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
