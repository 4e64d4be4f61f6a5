-- One row per pool: usage month, territory, product, tier and side.
{{ config(meta={"month": "usage_month"}) }}
select
    cast(pool_id as {{ t_str() }}) as pool_id,
    cast(territory as {{ t_str() }}) as territory,
    cast(product_id as {{ t_str() }}) as product_id,
    cast(tier as {{ t_str() }}) as tier,
    cast(side as {{ t_str() }}) as side,
    cast(currency_code as {{ t_str() }}) as currency_code,
    cast(net_amount as {{ t_dec(24, 6) }}) as net_amount,
    cast(deficit_amount as {{ t_dec(24, 6) }}) as deficit_amount,
    cast(total_quantity as {{ t_bigint() }}) as total_quantity,
    cast(subscribers as {{ t_bigint() }}) as subscribers,
    cast(usage_month as date) as usage_month,
    cast(revenue_recorded_at as {{ t_ts() }}) as revenue_recorded_at
from {{ ref("int_compensation__pools") }}
