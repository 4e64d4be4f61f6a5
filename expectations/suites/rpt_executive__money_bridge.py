"""What is expected of the bridge from net revenue to the amount due before publication.

That its steps sum to its results is tested beside its model.
"""

from expectations.suite import Suite, expect_no_personal_columns, expect_no_rows

SUITE = Suite(
    table="rpt_executive__money_bridge",
    relied_on_by="Executives read from it the month's money in one currency.",
    expectations=(
        expect_no_rows(
            "every_amount_has_a_rate",
            "select report_month, currency_code from rpt_executive__money_waterfall"
            " where reporting_amount is null and amount <> 0 group by all",
            reason="A currency without any rate is missing from the totals: load its rates.",
            severity="warn",
        ),
        expect_no_personal_columns(),
    ),
)
