"""Expectations on uses after a revocation before publication.

Tests of the models check the figures.
"""

from expectations.suite import Suite, expect_no_personal_columns, expect_no_rows

SUITE = Suite(
    table="rpt_executive__consent_leakage",
    relied_on_by="It shows executives and product teams what late enforcement costs.",
    expectations=(
        expect_no_rows(
            "revocations_leak_for_a_day_at_most",
            "select report_month, product_id from {batch}"
            " where leakage_seconds > 86400 * decision_count",
            reason="Products took more than a day to enforce a refusal: tell the product team.",
            severity="warn",
        ),
        expect_no_personal_columns(),
    ),
)
