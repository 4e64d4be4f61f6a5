-- One row per AI product.
with products as (select * from {{ ref("stg_licensing__products") }})
select
    cast(product_id as {{ t_str() }}) as product_id,
    cast(name as {{ t_str() }}) as product_name,
    cast(kind as {{ t_str() }}) as product_kind,
    cast(weight_basis as {{ t_str() }}) as weight_basis,
    cast(remainder_rule as {{ t_str() }}) as remainder_rule,
    cast(attribution_fallback as {{ t_str() }}) as attribution_fallback,
    cast(default_share_master as {{ t_dec(13, 12) }}) as default_share_master,
    cast(default_share_work as {{ t_dec(13, 12) }}) as default_share_work,
    cast(weight_floor as {{ t_dec(13, 12) }}) as weight_floor,
    cast(launched_at as {{ t_ts() }}) as launched_at,
    cast(recorded_at as {{ t_ts() }}) as recorded_at
from products
