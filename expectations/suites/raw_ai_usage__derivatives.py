"""Expectations on delivered derivatives.

The intake checks single rows.
"""

from expectations.suite import Suite, expect_known, expect_no_rows, expect_rows

SUITE = Suite(
    table="raw_ai_usage__derivatives",
    relied_on_by="It links plays to their generation, and so to product, consent and pool.",
    expectations=(
        expect_rows(reason="Without derivatives, no play is paid."),
        expect_known(
            "generation_id",
            "raw_ai_usage__generations",
            "generation_id",
            reason="Plays of a derivative whose generation is unknown are in no pool; they are"
            " listed as excluded with the reason no_generation.",
        ),
        expect_known(
            "parent_derivative_id",
            "raw_ai_usage__derivatives",
            "derivative_id",
            reason="A derivative inherits no sources from a parent that is not delivered.",
        ),
        expect_no_rows(
            "is_disabled_after_publication",
            "select derivative_id from {batch} where disabled_at < published_at and not"
            " is_withdrawn",
            reason="A derivative that was disabled before its publication was never available:"
            " check the"
            " product's clocks.",
            severity="warn",
        ),
    ),
)
