-- One row per generated thing and generation of it, territory and product that was
-- used:
-- what rights and consent have to be known for. Far fewer than uses.
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
