"""Expectations on delivered credits. The intake checks single rows."""

from expectations.suite import Suite, expect_known, expect_rows

SUITE = Suite(
    table="raw_catalog__credits",
    relied_on_by="Credit coverage counts the names in it that are shown with each derivative.",
    expectations=(
        expect_rows(
            reason="Without credits, credit coverage is zero: check the catalog's delivery."
        ),
        expect_known(
            "derivative_id",
            "raw_ai_usage__derivatives",
            "derivative_id",
            reason="Credits of unknown derivatives do not count until the derivative is delivered.",
        ),
        expect_known(
            "party_id",
            "raw_catalog__parties",
            "party_id",
            reason="A credit to an unknown party cannot be matched to a source's artist or writer.",
        ),
    ),
)
