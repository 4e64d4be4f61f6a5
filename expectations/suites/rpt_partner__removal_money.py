"""What is expected of the money of removals before publication.

How an amount comes about is tested beside its model.
"""

from expectations.suite import Suite, expect_no_personal_columns, expect_no_rows, expect_unique

SUITE = Suite(
    table="rpt_partner__removal_money",
    relied_on_by="Partners see in it what removals hold, and where that money went.",
    expectations=(
        expect_unique(
            "has_one_row_per_partner_month_and_currency",
            ["partner_id", "report_month", "currency_code"],
            reason="A month twice doubles the money.",
        ),
        expect_no_rows(
            "ends_are_not_negative",
            "select partner_id, report_month from {batch}"
            " where least(held_amount, returned_to_pool_amount, paid_on_reinstatement_amount) < 0",
            reason="Money that goes back to a hold is put on hold, or adjusted.",
        ),
        expect_no_rows(
            "amounts_are_those_of_the_lines",
            "select currency_code from (select partner_id, report_month, currency_code,"
            " sum(held_amount + adjusted_amount - returned_to_pool_amount"
            " - paid_on_reinstatement_amount) as moved from {batch} group by all) as moves"
            " full join (select partner_id, report_month, currency_code, sum(amount) as held"
            " from rpt_partner__compensation_lines where hold_bucket = 'REMOVAL'"
            " group by all) as lines using (partner_id, report_month, currency_code)"
            " where coalesce(moved, 0) <> coalesce(held, 0)",
            reason="What the summary says must be what the lines say, to the cent.",
        ),
        expect_no_personal_columns(),
    ),
)
