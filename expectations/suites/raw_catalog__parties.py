"""Expectations on delivered parties. The intake checks single rows."""

from expectations.suite import Suite, expect_known, expect_rows

SUITE = Suite(
    table="raw_catalog__parties",
    relied_on_by="It names the payees of statements and the parties who decide on consent.",
    expectations=(
        expect_rows(reason="Without parties, no owner can be paid: check the catalog's delivery."),
        expect_known(
            "merged_into_party_id",
            "raw_catalog__parties",
            "party_id",
            reason="A party merged into an unknown one keeps its own id: ask the catalog for the"
            " target.",
        ),
    ),
)
