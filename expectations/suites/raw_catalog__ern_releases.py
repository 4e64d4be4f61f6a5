"""Expectations on delivered releases of DDEX messages.

The intake checks single rows.
"""

from expectations.suite import Suite, expect

SUITE = Suite(
    table="raw_catalog__ern_releases",
    relied_on_by="It lists the recordings of a release, to which consent for the release applies.",
    expectations=(
        expect(
            "title_is_mostly_there",
            "ExpectColumnValuesToNotBeNull",
            column="title",
            mostly=0.9,
            reason="People find a release by its title. Many releases have none, which points to"
            " a broken export: ask the sender.",
            severity="warn",
        ),
    ),
)
