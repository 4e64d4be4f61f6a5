"""Expectations on delivered rates of the European Central Bank.

The intake checks single rows.
"""

from expectations.suite import Suite, expect_no_rows, expect_rows

SUITE = Suite(
    table="raw_finance__ecb_rates",
    relied_on_by="Fees are converted to the payout currency at its rates.",
    expectations=(
        expect_rows(reason="Without rates, the build stops at the first conversion."),
        expect_no_rows(
            "usd_has_no_long_gap",
            "with days as (select distinct rate_date from {batch} where quote_currency = 'USD'),"
            " gaps as (select rate_date, rate_date - lag(rate_date) over (order by rate_date) as"
            " gap from days)"
            " select rate_date from gaps where gap > 5 and rate_date >= date '2020-01-01'",
            reason="The ECB leaves out weekends and a few holidays, but never more than five days"
            " in a row; a rate that is too old stops the build. Deliver the bank's file"
            " again.",
            severity="warn",
        ),
        expect_no_rows(
            "no_recent_rate_jumps",
            "with compared as (select rate_date, quote_currency, rate, lag(rate) over ("
            "partition by quote_currency order by rate_date, recorded_at) as previous_rate from"
            " {batch}"
            " where rate_date >= date '2020-01-01')"
            " select rate_date, quote_currency from compared"
            " where rate > 1.25 * previous_rate or rate * 1.25 < previous_rate",
            reason="A rate changed by over 25 % in a day: a devaluation or a damaged file."
            " Compare it with the ECB's website.",
            severity="warn",
        ),
    ),
)
