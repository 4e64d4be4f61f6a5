"""Expectations on delivered releases of DDEX messages.

The intake checks single rows.
"""

from expectations.suite import Suite, expect

SUITE = Suite(
    table="raw_catalog__ern_releases",
    relied_on_by="Consent for a release applies to its recordings through it.",
    expectations=(
        expect(
            "title_is_mostly_there",
            "ExpectColumnValuesToNotBeNull",
            column="title",
            mostly=0.9,
            reason="People find a release by its title; many blanks point to a broken export.",
            severity="warn",
        ),
    ),
)
