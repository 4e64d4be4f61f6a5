-- One row per object that a model was trained on. Whether a training fee pays for it is
-- decided with the fee; whether anybody licensed it has to be known of all of them.
select
    't|' || model_version || '|' || side || '|' || object_id as output_id,
    model_version,
    side,
    object_id,
    product_id,
    included_at
from {{ ref("stg_ai_usage__training_inclusions") }}
