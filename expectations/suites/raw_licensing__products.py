"""Expectations on delivered products. The intake checks single rows."""

from expectations.suite import Suite, expect, expect_rows

SUITE = Suite(
    table="raw_licensing__products",
    relied_on_by="It sets how the uses of a product are weighted, and the share of money without"
    " a contract.",
    expectations=(
        expect_rows(reason="Without products, no use belongs to a pool."),
        expect(
            "weight_floor_is_small",
            "ExpectColumnValuesToBeBetween",
            column="weight_floor",
            min_value=0,
            max_value=0.2,
            reason="A weight floor over 0.2 drops most sources of a mashup; it is likely a"
            " percentage that was given as a whole number.",
            severity="warn",
        ),
    ),
)
