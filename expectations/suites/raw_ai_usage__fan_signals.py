"""Expectations on delivered fan signals.

The intake checks single rows.
"""

from expectations.suite import Suite, expect_known, expect_no_rows, expect_rows

SUITE = Suite(
    table="raw_ai_usage__fan_signals",
    relied_on_by="It shows artists whether derivatives lead listeners to their music.",
    expectations=(
        expect_rows(reason="Without signals, the pages on the artist-fan connection stay empty."),
        expect_known(
            "recording_id",
            "raw_catalog__recordings",
            "recording_id",
            reason="Signals of unknown recordings are not shown.",
        ),
        expect_no_rows(
            "those_who_return_are_among_the_listeners",
            "select month, recording_id, territory from {batch}"
            " where source_listeners_within_7_days > derivative_listeners and not is_withdrawn",
            reason="More people returned to the source than heard the derivative, so the share"
            " that went on would exceed 100 %: ask the sender.",
            severity="warn",
        ),
    ),
)
