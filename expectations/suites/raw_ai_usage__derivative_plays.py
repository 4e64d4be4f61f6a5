"""Expectations on delivered plays of derivatives.

The intake checks single rows.
"""

from expectations.suite import Suite, expect_known, expect_no_rows, expect_rows

SUITE = Suite(
    table="raw_ai_usage__derivative_plays",
    relied_on_by="It divides the pools of play-based products.",
    expectations=(
        expect_rows(
            reason="Without plays, the pools of play-based products are on hold as NO_USAGE."
        ),
        expect_known(
            "derivative_id",
            "raw_ai_usage__derivatives",
            "derivative_id",
            reason="Plays of an unknown derivative are in no pool; they are listed as excluded"
            " with the reason no_generation.",
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
            reason="A day has less than 30 % of its usual plays, likely an incomplete export: ask"
            " the products before the close.",
            severity="warn",
        ),
        expect_no_rows(
            "no_territory_is_mostly_artificial",
            "select territory from {batch} group by territory"
            " having sum(plays) >= 10000 and sum(artificial_plays) * 10 > sum(plays) * 9",
            reason="Over 90 % of a territory's plays are artificial: an attack that has not been"
            " cleaned up, or a faulty detector.",
            severity="warn",
        ),
    ),
)
