"""Expectations on delivered products. The intake checks single rows."""

from expectations.suite import Suite, expect, expect_rows

SUITE = Suite(
    table="raw_licensing__products",
    relied_on_by="Each use takes its weight basis, and money without a contract its default share,"
    " from here.",
    expectations=(
        expect_rows(reason="Without products no use belongs to a pool."),
        expect(
            "weight_floor_is_small",
            "ExpectColumnValuesToBeBetween",
            column="weight_floor",
            min_value=0,
            max_value=0.2,
            reason="A floor over 0.2 drops most sources of a mashup: likely a percentage given as"
            " a number.",
            severity="warn",
        ),
    ),
)
