-- One row per derivative: a recording made by a generation.
with
    derivatives as (select * from {{ ref("stg_ai_usage__derivatives") }}),
    described as (select * from {{ ref("int_usage__derivatives_described") }})
select
    cast(described.derivative_id as {{ t_str() }}) as derivative_id,
    cast(described.parent_derivative_id as {{ t_str() }}) as parent_derivative_id,
    cast(described.generation_id as {{ t_str() }}) as generation_id,
    cast(derivatives.isrc as {{ t_str() }}) as isrc,
    cast(described.product_id as {{ t_str() }}) as product_id,
    cast(described.use_type as {{ t_str() }}) as use_type,
    cast(described.model_version as {{ t_str() }}) as model_version,
    cast(described.generated_in as {{ t_str() }}) as territory,
    cast(
        {{ join_list("described.source_recording_ids", "|") }} as {{ t_str() }}
    ) as source_recording_ids,
    cast(described.exclusion_reason as {{ t_str() }}) as exclusion_reason,
    cast(described.generated_at as {{ t_ts() }}) as generated_at,
    cast(derivatives.published_at as {{ t_ts() }}) as published_at,
    cast(derivatives.disabled_at as {{ t_ts() }}) as disabled_at,
    cast(derivatives.recorded_at as {{ t_ts() }}) as recorded_at
from derivatives
inner join described on described.derivative_id = derivatives.derivative_id
