"""Expectations on pool totals before publication.

Tests of the model check the figures.
"""

from expectations.suite import (
    Suite,
    expect,
    expect_no_personal_columns,
    expect_no_rows,
    expect_rows,
)

SUITE = Suite(
    table="rpt_partner__pool_totals",
    relied_on_by="Partners recompute their own share of each pool from it.",
    expectations=(
        expect_rows(reason="Without fees nobody is paid."),
        expect_no_rows(
            "weight_stays_within_the_pool",
            "select pool_id from {batch} group by pool_id, total_quantity"
            " having sum(cast(weight_nano as decimal(38, 0)))"
            " > cast(total_quantity as decimal(28, 0)) * 1000000000 + count(*)",
            reason="All contracts together cannot weigh more than the pool: a use would be counted"
            " twice.",
        ),
        expect(
            "net_is_not_negative",
            "ExpectColumnValuesToBeBetween",
            column="net_amount",
            min_value=0,
            reason="A pool below zero shares nothing; its deficit is carried on the pool.",
        ),
        expect_no_rows(
            "currencies_differ_only_by_a_rate",
            "select pool_id, contract_id from {batch} where fx_rate is null or fx_rate <= 0"
            " or (currency_code = payout_currency_code and fx_rate <> 1)",
            reason="A missing rate is never 1, and money of one currency is never converted.",
        ),
        expect_no_personal_columns(),
    ),
)
