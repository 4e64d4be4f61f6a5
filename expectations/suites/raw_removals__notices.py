"""Expectations on delivered notices. The intake checks single rows."""

from expectations.suite import Suite, expect_known, expect_rows

SUITE = Suite(
    table="raw_removals__notices",
    relied_on_by="Time to action starts at the earliest valid notice, and open notices are the"
    " backlog.",
    expectations=(
        expect_rows(reason="Without notices, every time to action starts at detection."),
        expect_known(
            "puid",
            "raw_removals__actions",
            "puid",
            reason="A notice whose action is unknown counts as open until the action arrives.",
        ),
    ),
)
