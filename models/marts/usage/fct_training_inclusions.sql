-- One row per model version, side and object used to train the model.
select
    cast(model_version as {{ t_str() }}) as model_version,
    cast(side as {{ t_str() }}) as side,
    cast(object_id as {{ t_str() }}) as object_id,
    cast(product_id as {{ t_str() }}) as product_id,
    cast(included_at as {{ t_ts() }}) as included_at,
    cast(recorded_at as {{ t_ts() }}) as recorded_at
from {{ ref("stg_ai_usage__training_inclusions") }}
