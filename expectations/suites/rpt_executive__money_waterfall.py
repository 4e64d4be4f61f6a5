"""What is expected of the money waterfall before publication.

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
    table="rpt_executive__money_waterfall",
    relied_on_by="Executives see in it what becomes of each month's revenue.",
    expectations=(
        expect_unique(
            "has_one_row_per_step_and_scope",
            [
                "report_month",
                "step_name",
                "partner_id",
                "product_id",
                "territory",
                "side",
                "hold_bucket",
                "currency_code",
            ],
            reason="A step twice doubles its money.",
        ),
        expect_rows(reason="Without pools there is no money to follow."),
        expect(
            "step_is_listed",
            "ExpectColumnValuesToBeInSet",
            column="step_name",
            value_set=[
                "net_revenue",
                "contract_fees",
                "accrued",
                "kept_by_service",
                "earned",
                "training_fees",
                "adjustments",
                "held",
                "carried_in",
                "umbrella_fee",
                "guarantee",
                "reserve_taken",
                "reserve_released",
                "recouped",
                "tax",
                "penalty",
                "resumed",
                "suspended",
                "carried_out",
                "payable",
            ],
            reason="The pages draw the steps that they know, so money in another would vanish.",
        ),
        expect_no_rows(
            "payable_equals_the_statements",
            "select report_month, currency_code from ("
            " select report_month, partner_id, currency_code, sum(amount) as amount from {batch}"
            " where step_name = 'payable' group by all) as steps"
            " full join (select report_month, partner_id, currency_code,"
            " sum(payable_amount) as payable_amount"
            " from rpt_partner__compensation_statement group by all) as statements"
            " using (report_month, partner_id, currency_code)"
            " where amount is distinct from payable_amount",
            reason="A total on the executives' page equals the partners' statements to the cent.",
        ),
        expect_no_rows(
            "service_rarely_pays_more_than_it_earns",
            "select report_month, product_id, territory from {batch}"
            " where step_name = 'kept_by_service'"
            " group by report_month, product_id, territory having sum(amount) < 0",
            reason="Minimums cost more than the product earned there: price, or terms, need a"
            " look.",
            severity="warn",
        ),
        expect_no_personal_columns(),
    ),
)
