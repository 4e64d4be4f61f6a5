"""Expectations on the time to enforcement of refusals before publication.

Tests of the models check the figures.
"""

from expectations.suite import Suite, expect_no_personal_columns, expect_no_rows

SUITE = Suite(
    table="rpt_executive__consent_enforcement",
    relied_on_by="It shows executives and product teams whether refusals are enforced in time.",
    expectations=(
        expect_no_rows(
            "products_obey_within_a_day",
            "select report_month, product_id from {batch} where p99_seconds > 86400",
            reason="Products took more than a day to enforce a refusal: tell the product team.",
            severity="warn",
        ),
        expect_no_personal_columns(),
    ),
)
