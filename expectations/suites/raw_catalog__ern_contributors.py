"""Expectations on delivered contributors in DDEX messages.

The intake checks single rows.
"""

from expectations.suite import Suite, expect, expect_no_rows

SUITE = Suite(
    table="raw_catalog__ern_contributors",
    relied_on_by="It discloses which contributions to a recording were made with AI.",
    expectations=(
        expect(
            "role_is_mostly_there",
            "ExpectColumnValuesToNotBeNull",
            column="role",
            mostly=0.9,
            reason="Without a role, a contribution belongs to no group of the disclosure: ask the"
            " sender for the role.",
            severity="warn",
        ),
        expect_no_rows(
            "belongs_to_a_recording",
            "select distinct sender_dpid, message_id, resource_reference from {batch} anti join"
            " (select sender_dpid, message_id, resource_reference from"
            " raw_catalog__ern_recordings) as known"
            " using (sender_dpid, message_id, resource_reference)",
            reason="A contributor without a recording means that our reader of messages has a"
            " fault: tell the developers.",
        ),
    ),
)
