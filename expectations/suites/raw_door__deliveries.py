"""Expectations on the register of deliveries. The intake writes it."""

from expectations.suite import Suite, expect_no_rows, expect_rows

SUITE = Suite(
    table="raw_door__deliveries",
    relied_on_by="It lists all deliveries, and every row in the lake refers to one of them.",
    expectations=(
        expect_rows(reason="Nothing is loaded yet: run `linernotes load`."),
        expect_no_rows(
            "no_refused_file_waits",
            "select name from {batch} group by name having arg_max(state, sequence) = 'refused'",
            reason="The content of a refused file is missing from every report: read the reason"
            " and have the sender correct the file.",
            severity="warn",
        ),
        expect_no_rows(
            "no_feed_falls_silent",
            "with feeds as (select source, feed, max(registered_at) as last_at from {batch}"
            " where state = 'loaded' group by all)"
            " select source, feed from feeds where source in ('ai_usage', 'removals')"
            " and last_at < (select max(last_at) from feeds) - interval 7 day",
            reason="A feed of events that is a week behind the others has likely stopped: ask its"
            " sender.",
            severity="warn",
        ),
    ),
)
