-- One row per logged generation, including tests, blocked, failed and retried ones.
with generations as (select * from {{ ref("int_usage__generations_classified") }})
select
    cast(generation_id as {{ t_str() }}) as generation_id,
    cast(derivative_id as {{ t_str() }}) as derivative_id,
    cast(product_id as {{ t_str() }}) as product_id,
    cast(model_version as {{ t_str() }}) as model_version,
    cast(use_type as {{ t_str() }}) as use_type,
    cast(territory as {{ t_str() }}) as territory,
    cast(tier as {{ t_str() }}) as tier,
    cast(
        {{ join_list("source_recording_ids", "|") }} as {{ t_str() }}
    ) as source_recording_ids,
    cast(status as {{ t_str() }}) as generation_status,
    cast(block_reason as {{ t_str() }}) as block_reason,
    cast(exclusion_reason as {{ t_str() }}) as exclusion_reason,
    cast(weight_basis as {{ t_str() }}) as weight_basis,
    cast(exclusion_reason is null as boolean) as is_counted,
    cast(usage_month as date) as usage_month,
    cast(occurred_at as {{ t_ts() }}) as generated_at,
    cast(first_recorded_at as {{ t_ts() }}) as first_recorded_at
from generations
