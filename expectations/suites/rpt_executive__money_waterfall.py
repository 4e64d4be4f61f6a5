"""Expectations on the money waterfall before publication.

Tests of the model check the figures.
"""

from expectations.suite import Suite, expect_no_personal_columns, expect_no_rows, expect_rows

SUITE = Suite(
    table="rpt_executive__money_waterfall",
    relied_on_by="It shows executives where each month's revenue goes.",
    expectations=(
        expect_rows(reason="Without pools, there is no money to show: check finance's delivery."),
        expect_no_rows(
            "service_rarely_pays_more_than_it_earns",
            "select report_month, product_id, territory from {batch}"
            " where step_name = 'kept_by_service'"
            " group by report_month, product_id, territory having sum(amount) < 0",
            reason="Contract minimums exceed revenue here: review the price or the terms.",
            severity="warn",
        ),
        expect_no_rows(
            "every_amount_has_a_rate",
            "select report_month, currency_code from {batch}"
            " where reporting_amount is null and amount <> 0 group by all",
            reason="A currency without any rate is missing from the totals: load its rates.",
            severity="warn",
        ),
        expect_no_personal_columns(),
    ),
)
