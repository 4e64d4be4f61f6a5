-- One row per logged generation, including tests, failures and retries.
select
    generation_id,
    idempotency_key,
    occurred_at,
    product_id,
    model_version,
    use_type,
    territory,
    tier,
    status,
    block_reason,
    source_recording_ids,
    derivative_id,
    is_test,
    recorded_at,
    first_recorded_at,
    first_known_from,
    delivery_id
from {{ ref("stg_ai_usage__generation_versions") }}
qualify
    row_number() over (partition by generation_id order by recorded_at desc) = 1
    and not is_withdrawn
