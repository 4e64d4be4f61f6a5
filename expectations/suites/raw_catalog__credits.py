"""Expectations on delivered credits. The intake checks single rows."""

from expectations.suite import Suite, expect_known, expect_rows

SUITE = Suite(
    table="raw_catalog__credits",
    relied_on_by="Credit coverage, one of the four principles, counts who is named on each"
    " derivative.",
    expectations=(
        expect_rows(reason="Without credits coverage is nil: look for the catalog's delivery."),
        expect_known(
            "derivative_id",
            "raw_ai_usage__derivatives",
            "derivative_id",
            reason="Credits of unknown derivatives count for nothing until the derivative arrives.",
        ),
        expect_known(
            "party_id",
            "raw_catalog__parties",
            "party_id",
            reason="A credit to an unknown party cannot be matched to a source's artist or writer.",
        ),
    ),
)
