"""Expectations on delivered DDEX messages.

The intake checks single rows.
"""

from expectations.suite import Suite, expect_no_rows

SUITE = Suite(
    table="raw_catalog__ern_messages",
    relied_on_by="Every fact from a DDEX message refers to it.",
    expectations=(
        expect_no_rows(
            "every_element_that_we_live_on_is_read",
            "select sender_dpid from {batch} where unread_element_count > 0",
            reason="A message has elements about AI, contributors, rights or dates that are not"
            " read: unread_elements names the paths. Ask the developers to read them.",
            severity="warn",
        ),
        expect_no_rows(
            "no_sender_is_all_warnings",
            "select sender_dpid from {batch} group by sender_dpid"
            " having count(*) >= 20 and count(*) filter (where len(warnings) > 0) = count(*)",
            reason="A sender with warnings in every message has a systematic fault: send the list"
            " to the sender.",
            severity="warn",
        ),
    ),
)
