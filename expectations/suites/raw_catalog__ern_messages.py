"""Expectations on delivered DDEX messages.

The intake checks single rows.
"""

from expectations.suite import Suite, expect_no_rows

SUITE = Suite(
    table="raw_catalog__ern_messages",
    relied_on_by="Every fact taken from a DDEX message leads back to it.",
    expectations=(
        expect_no_rows(
            "every_element_that_we_live_on_is_read",
            "select sender_dpid from {batch} where unread_element_count > 0",
            reason="A message says something of AI, contributors, rights or dates that is not"
            " kept: unread_elements names the paths. Ask for them to be read.",
            severity="warn",
        ),
        expect_no_rows(
            "no_sender_is_all_warnings",
            "select sender_dpid from {batch} group by sender_dpid"
            " having count(*) >= 20 and count(*) filter (where len(warnings) > 0) = count(*)",
            reason="A sender whose every message draws warnings has a systematic fault: send it"
            " the list.",
            severity="warn",
        ),
    ),
)
