"""Expectations on delivered plays of derivatives.

The intake checks single rows.
"""

from expectations.suite import Suite, expect_known, expect_no_rows, expect_rows

SUITE = Suite(
    table="raw_ai_usage__derivative_plays",
    relied_on_by="Pools of play-based products are divided by it.",
    expectations=(
        expect_rows(reason="Without plays the pools of play-based products go to NO_USAGE."),
        expect_known(
            "derivative_id",
            "raw_ai_usage__derivatives",
            "derivative_id",
            reason="Plays of an unknown derivative are in no pool and are listed as excluded,"
            " no_generation.",
        ),
        expect_no_rows(
            "no_day_is_missing_most_of_its_plays",
            "with days as (select play_date, sum(plays) as play_count from {batch} group by all),"
            " compared as (select play_date, play_count, median(play_count) over ("
            "order by play_date rows between 28 preceding and 1 preceding) as usual_count from"
            " days)"
            " select play_date from compared where usual_count >= 100 and play_count < 0.3 *"
            " usual_count"
            " and play_date < (select max(play_date) from days)",
            reason="A day under a third of the usual is likely an incomplete export: ask before"
            " the close.",
            severity="warn",
        ),
        expect_no_rows(
            "no_territory_is_mostly_artificial",
            "select territory from {batch} group by territory"
            " having sum(plays) >= 10000 and sum(artificial_plays) * 10 > sum(plays) * 9",
            reason="Over nine tenths artificial in a territory is an attack that has not been"
            " cleaned up, or a faulty detector.",
            severity="warn",
        ),
    ),
)
