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
        expect_rows(reason="Without fees, nobody is paid."),
        expect_no_rows(
            "weight_stays_within_the_pool",
            "select pool_id from {batch} group by pool_id, total_quantity"
            " having sum(cast(weight_nano as decimal(38, 0)))"
            " > cast(total_quantity as decimal(28, 0)) * 1000000000 + count(*)",
            reason="The contracts of a pool together weigh more than the pool, so a use is"
            " counted twice.",
        ),
        expect(
            "net_is_not_negative",
            "ExpectColumnValuesToBeBetween",
            column="net_amount",
            min_value=0,
            reason="A pool below zero distributes nothing; its deficit is carried forward.",
        ),
        expect_no_rows(
            "currencies_differ_only_by_a_rate",
            "select pool_id, contract_id from {batch} where fx_rate is null or fx_rate <= 0"
            " or (currency_code = payout_currency_code and fx_rate <> 1)",
            reason="A rate is missing, or money was converted although both currencies are the"
            " same.",
        ),
        expect_no_personal_columns(),
    ),
)
