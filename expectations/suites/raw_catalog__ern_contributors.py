"""Expectations on delivered contributors in DDEX messages.

The intake checks single rows.
"""

from expectations.suite import Suite, expect, expect_no_rows

SUITE = Suite(
    table="raw_catalog__ern_contributors",
    relied_on_by="It says which contribution to a recording was made by AI.",
    expectations=(
        expect(
            "role_is_mostly_there",
            "ExpectColumnValuesToNotBeNull",
            column="role",
            mostly=0.9,
            reason="Without a role a contribution counts for no group of the disclosure: tell the"
            " sender.",
            severity="warn",
        ),
        expect_no_rows(
            "belongs_to_a_recording",
            "select distinct sender_dpid, message_id, resource_reference from {batch} anti join"
            " (select sender_dpid, message_id, resource_reference from"
            " raw_catalog__ern_recordings) as known"
            " using (sender_dpid, message_id, resource_reference)",
            reason="A contributor without its recording was cut off by the reader of messages.",
        ),
    ),
)
