-- One row per generated thing and generation of it, territory and product that was
-- used, and per object that a model was trained on: what rights and consent have to be
-- known for. Far fewer than uses.
select
    attribution_key,
    territory,
    product_id,
    use_type,
    model_version,
    generated_at,
    generated_in,
    min(judged_at) as first_judged_at,
    max(judged_at) as last_judged_at
from {{ ref("int_usage__uses") }}
group by all
union all
-- Training happens once, for the world.
select
    attribution_key,
    'WW' as territory,
    product_id,
    'training' as use_type,
    model_version,
    included_at as generated_at,
    'WW' as generated_in,
    included_at as first_judged_at,
    included_at as last_judged_at
from {{ ref("int_usage__training_uses") }}
