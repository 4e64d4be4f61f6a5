-- One row per logged use that no pool contains, with the reason.
{{ config(meta={"month": "usage_month"}) }}
select
    cast({{ use_id("uses.play_date", "uses") }} as {{ t_str() }}) as use_id,
    cast(generation_id as {{ t_str() }}) as generation_id,
    cast(derivative_id as {{ t_str() }}) as derivative_id,
    cast(usage_month as date) as usage_month,
    cast(territory as {{ t_str() }}) as territory,
    cast(product_id as {{ t_str() }}) as product_id,
    cast(tier as {{ t_str() }}) as tier,
    cast(quantity as {{ t_bigint() }}) as quantity,
    cast(exclusion_reason as {{ t_str() }}) as exclusion_reason
from {{ ref("int_usage__uses_classified") }} as uses
where exclusion_reason is not null
