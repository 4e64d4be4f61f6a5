"""What is expected of parties of DDEX messages as they came in.

What a single row may hold is the intake's matter.
"""

from expectations.suite import Suite, expect

SUITE = Suite(
    table="raw_catalog__ern_parties",
    relied_on_by="Contributors and rights controllers of DDEX messages are named by it.",
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
