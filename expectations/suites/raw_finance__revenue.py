"""Expectations on delivered revenue. The intake checks single rows."""

from expectations.suite import Suite, expect_known, expect_no_rows, expect_rows

SUITE = Suite(
    table="raw_finance__revenue",
    relied_on_by="It is the money that the pools distribute.",
    expectations=(
        expect_rows(reason="Without revenue, every pool is empty: check finance's delivery."),
        expect_known(
            "product_id",
            "raw_licensing__products",
            "product_id",
            reason="Revenue of an unknown product is not shared until licensing sends the product.",
        ),
        expect_no_rows(
            "currency_of_a_territory_is_one",
            "select territory from {batch} where not is_withdrawn group by territory"
            " having count(distinct currency) > 1",
            reason="A territory with two currencies has changed its currency, or a row has a"
            " wrong one: ask finance.",
            severity="warn",
        ),
        expect_no_rows(
            "net_is_mostly_positive",
            "select usage_month, territory, product_id, tier from {batch} where not is_withdrawn"
            " and gross - coalesce(indirect_tax, 0) - coalesce(refunds, 0) -"
            " coalesce(payment_fees, 0)"
            " - coalesce(deductions, 0) < 0",
            reason="Negative net revenue is not distributed, and the deficit is carried forward:"
            " confirm it with finance.",
            severity="warn",
        ),
        expect_no_rows(
            "no_month_jumps",
            "with latest as (select * from {batch} qualify row_number() over ("
            "partition by usage_month, territory, product_id, tier order by recorded_at desc) = 1),"
            " compared as (select usage_month, territory, product_id, tier, gross, lag(gross) over"
            " ("
            "partition by territory, product_id, tier order by usage_month) as previous_gross"
            " from latest where not is_withdrawn)"
            " select usage_month, territory, product_id, tier from compared"
            " where previous_gross > 1000 and (gross > 5 * previous_gross or gross * 5 <"
            " previous_gross)",
            reason="Revenue of over five times the month before, or under a fifth of it, likely"
            " has a wrong unit or currency: ask finance.",
            severity="warn",
        ),
    ),
)
