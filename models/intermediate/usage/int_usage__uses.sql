-- One row per use that is in a pool.
select
    use_id,
    basis,
    generation_id,
    derivative_id,
    attribution_key,
    judged_at,
    generated_at,
    generated_in,
    play_date,
    usage_month,
    territory,
    product_id,
    tier,
    use_type,
    model_version,
    quantity
from {{ ref("int_usage__uses_classified") }}
where exclusion_reason is null
