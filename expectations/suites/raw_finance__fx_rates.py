"""Expectations on delivered rates of other providers.

The intake checks single rows.
"""

from expectations.suite import Suite, expect_no_rows

SUITE = Suite(
    table="raw_finance__fx_rates",
    relied_on_by="Fees in currencies that the ECB does not quote are converted at its rates.",
    expectations=(
        expect_no_rows(
            "base_is_the_euro",
            "select rate_date, base_currency from {batch} where base_currency <> 'EUR'",
            reason="Rates with another base are never looked up: ask finance for rates per EUR.",
            severity="warn",
        ),
        expect_no_rows(
            "no_rate_jumps",
            "with compared as (select rate_date, quote_currency, provider, rate, lag(rate) over ("
            "partition by quote_currency, provider order by rate_date, recorded_at) as"
            " previous_rate from {batch})"
            " select rate_date, quote_currency from compared"
            " where rate > 1.25 * previous_rate or rate * 1.25 < previous_rate",
            reason="A rate changed by over 25 % between two deliveries: a devaluation or an"
            " inverted rate. Compare it with another source.",
            severity="warn",
        ),
    ),
)
