-- One row per object that a model was trained on. Whether a training fee pays for it is
-- determined with the fee; licensing has to be known for all of them.
select
    't|' || model_version || '|' || side || '|' || object_id as output_id,
    model_version,
    side,
    object_id,
    product_id,
    included_at
from {{ ref("stg_ai_usage__training_inclusions") }}
