"""Expectations on delivered relations in DDEX messages.

The intake checks single rows.
"""

from expectations.suite import Suite, expect

SUITE = Suite(
    table="raw_catalog__ern_related_recordings",
    relied_on_by="It lists the remixes and samples that senders declare.",
    expectations=(
        expect(
            "relation_is_named",
            "ExpectColumnValuesToNotBeNull",
            column="relationship_type",
            mostly=0.95,
            reason="A relation without a type cannot be used: ask the sender for it.",
            severity="warn",
        ),
    ),
)
