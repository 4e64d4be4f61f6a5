"""Expectations on delivered parties of DDEX messages.

The intake checks single rows.
"""

from expectations.suite import Suite, expect

SUITE = Suite(
    table="raw_catalog__ern_parties",
    relied_on_by="It names the contributors and rights controllers of DDEX messages.",
    expectations=(
        expect(
            "name_is_mostly_there",
            "ExpectColumnValuesToNotBeNull",
            column="full_name",
            mostly=0.9,
            reason="A party without a name cannot be credited.",
            severity="warn",
        ),
    ),
)
