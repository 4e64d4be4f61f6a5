"""Expectations on delivered training inclusions.

The intake checks single rows.
"""

from expectations.suite import Suite, expect_known

SUITE = Suite(
    table="raw_ai_usage__training_inclusions",
    relied_on_by="Training fees are divided equally over the objects listed here.",
    expectations=(
        expect_known(
            "product_id",
            "raw_licensing__products",
            "product_id",
            reason="Inclusions for an unknown product earn no fee until licensing sends the"
            " product.",
        ),
    ),
)
