"""Expectations on delivered recordings of DDEX messages.

The intake checks single rows.
"""

from expectations.suite import Suite, expect, expect_no_rows

SUITE = Suite(
    table="raw_catalog__ern_recordings",
    relied_on_by="It holds the AI disclosure of a recording, which takes precedence over the"
    " catalog's.",
    expectations=(
        expect(
            "recording_is_named",
            "ExpectColumnValuesToNotBeNull",
            column="recording_id",
            mostly=0.99,
            reason="A resource with neither ISRC nor proprietary id matches no recording: ask the"
            " sender for an id.",
            severity="warn",
        ),
        expect_no_rows(
            "total_and_parts_agree",
            "select sender_dpid, message_id, resource_reference from {batch} where contains_ai ="
            " 'none'"
            " and 'all' in (ai_vocals, ai_instruments, ai_composition, ai_lyrics)",
            reason="A recording declared to be without AI has a part declared as AI: ask the"
            " sender which is true.",
            severity="warn",
        ),
    ),
)
