-- One row per pool, bucket and layer of money that is due to no contract, in whole
-- minor units of the pool's currency: the product's default share, by weight, or all of
-- it if the pool has no uses (E08).
with
    line_weights as (select * from {{ ref("int_compensation__line_weights") }}),
    pools as (select * from {{ ref("int_compensation__pools") }}),
    products as (select * from {{ ref("stg_licensing__products") }}),
    currencies as (select * from {{ ref("currencies") }}),
    shared as (
        select
            pools.pool_id,
            pools.usage_month,
            pools.territory,
            pools.product_id,
            pools.tier,
            pools.side,
            pools.currency_code,
            pools.total_quantity,
            currencies.minor_unit_digits,
            {{ scaled("pools.net_amount", 6) }}
            *
            {{
                scaled(
                    "case when pools.side = 'MASTER' then products.default_share_master else products.default_share_work end",
                    12,
                )
            }}
            as shared_revenue
        from pools
        inner join products on products.product_id = pools.product_id
        inner join currencies on currencies.currency_code = pools.currency_code
    ),
    held as (
        select pool_id, hold_bucket, usage_layer, abs(sum(weight_nano)) as weight_nano
        from line_weights
        where contract_id is null
        group by all
    ),
    fees as (
        select
            shared.pool_id,
            shared.usage_month,
            shared.territory,
            shared.product_id,
            shared.tier,
            shared.side,
            shared.currency_code,
            shared.minor_unit_digits,
            held.hold_bucket,
            held.usage_layer,
            coalesce(
                {{
                    mul_div_round(
                        "shared.shared_revenue",
                        wide("held.weight_nano"),
                        wide("shared.total_quantity") ~ " * " ~ pow10(21),
                    )
                }},
                0
            ) as fee
        from held
        inner join shared on shared.pool_id = held.pool_id
        union all
        select
            pool_id,
            usage_month,
            territory,
            product_id,
            tier,
            side,
            currency_code,
            minor_unit_digits,
            'NO_USAGE' as hold_bucket,
            'timely' as usage_layer,
            {{ mul_div_round("shared_revenue", wide("1"), pow10(12)) }} as fee
        from shared
        where total_quantity = 0
    )
select
    pool_id,
    usage_month,
    territory,
    product_id,
    tier,
    side,
    currency_code,
    minor_unit_digits,
    hold_bucket,
    usage_layer,
    {{
        mul_div_round(
            wide("fee"), wide("1"), minor_unit_divisor("minor_unit_digits", 6)
        )
    }} as fee_minor_units
from fees
where hold_bucket is not null
