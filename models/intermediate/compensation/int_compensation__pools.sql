-- One row per pool: usage month, territory, product, tier and side.
-- Net revenue is shared if it is positive; a negative amount is carried as a deficit
-- (E09).
with
    revenue as (
        select *
        from {{ ref("stg_finance__revenue") }}
        where {{ months_in_scope("usage_month") }}
    ),
    batches as (select * from {{ ref("int_consent__use_batches") }}),
    use_contexts as (select * from {{ ref("int_usage__use_contexts") }}),
    territories as (select * from {{ ref("territories") }}),
    net as (
        select
            revenue.*,
            gross_amount
            - indirect_tax_amount
            - refund_amount
            - payment_fee_amount
            - deduction_amount as net_revenue
        from revenue
    ),
    used as (
        -- Late usage is priced by the pool, but does not dilute it.
        select
            batches.usage_month,
            use_contexts.territory,
            use_contexts.product_id,
            batches.tier,
            sum(
                case
                    when batches.usage_layer = 'timely' then batches.quantity else 0
                end
            ) as total_quantity
        from batches
        inner join
            use_contexts on use_contexts.use_context_number = batches.use_context_number
        group by all
    ),
    sides as (
        select 'MASTER' as side
        union all
        select 'WORK' as side
    ),
    pools as (
        select
            coalesce(net.usage_month, used.usage_month) as usage_month,
            coalesce(net.territory, used.territory) as territory,
            coalesce(net.product_id, used.product_id) as product_id,
            coalesce(net.tier, used.tier) as tier,
            net.currency_code,
            coalesce(net.net_revenue, 0) as net_revenue,
            coalesce(net.subscribers, 0) as subscribers,
            coalesce(used.total_quantity, 0) as total_quantity,
            net.recorded_at as revenue_recorded_at
        from net
        full join
            used
            on used.usage_month = net.usage_month
            and used.territory = net.territory
            and used.product_id = net.product_id
            and used.tier = net.tier
    )
select
    cast(
        {{
            pool_id(
                "pools.usage_month",
                "pools.territory",
                "pools.product_id",
                "pools.tier",
                "sides.side",
            )
        }} as {{ t_str() }}
    ) as pool_id,
    cast(pools.territory as {{ t_str() }}) as territory,
    cast(pools.product_id as {{ t_str() }}) as product_id,
    cast(pools.tier as {{ t_str() }}) as tier,
    cast(sides.side as {{ t_str() }}) as side,
    -- A pool without revenue still needs a currency for the earnings from its minimums.
    cast(
        coalesce(pools.currency_code, territories.currency_code) as {{ t_str() }}
    ) as currency_code,
    cast(greatest(pools.net_revenue, 0) as {{ t_dec(24, 6) }}) as net_amount,
    cast(least(pools.net_revenue, 0) as {{ t_dec(24, 6) }}) as deficit_amount,
    cast(pools.total_quantity as {{ t_bigint() }}) as total_quantity,
    cast(pools.subscribers as {{ t_bigint() }}) as subscribers,
    cast(pools.usage_month as date) as usage_month,
    cast(pools.revenue_recorded_at as {{ t_ts() }}) as revenue_recorded_at
from pools
cross join sides
left join territories on territories.territory = pools.territory
