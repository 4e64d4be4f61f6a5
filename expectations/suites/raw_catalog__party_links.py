"""Expectations on delivered links between parties.

The intake checks single rows.
"""

from expectations.suite import Suite, expect, expect_known, expect_rows

SUITE = Suite(
    table="raw_catalog__party_links",
    relied_on_by="It links an umbrella to its members for sub-statements, and an owner to its"
    " parents for consent.",
    expectations=(
        expect_rows(
            reason="Without links, an umbrella's statement cannot be split over its members."
        ),
        expect_known(
            "parent_party_id",
            "raw_catalog__parties",
            "party_id",
            reason="A parent without a party has no name on the statement.",
        ),
        expect_known(
            "child_party_id",
            "raw_catalog__parties",
            "party_id",
            reason="A member without a party has no name on its sub-statement.",
        ),
        expect(
            "fee_rate_is_plausible",
            "ExpectColumnValuesToBeBetween",
            column="fee_rate",
            min_value=0,
            max_value=0.5,
            reason="A fee over half of a member's money is likely a percentage that was given as"
            " a whole number: ask the catalog.",
            severity="warn",
        ),
    ),
)
