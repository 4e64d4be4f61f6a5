"""What is expected of releases of DDEX messages as they came in.

What a single row may hold is the door's matter.
"""

from expectations.suite import Suite, expect, expect_unique_versions

SUITE = Suite(
    table="raw_catalog__ern_releases",
    relied_on_by="Consent given for a release reaches its recordings through it.",
    expectations=(
        expect_unique_versions("sender_dpid", "message_id", "release_reference"),
        expect(
            "kind_is_listed",
            "ExpectColumnValuesToBeInSet",
            column="release_kind",
            value_set=["release", "track_release", "purged_release"],
            reason="A release of another kind is never looked up; the reader gives no other.",
        ),
    ),
)
