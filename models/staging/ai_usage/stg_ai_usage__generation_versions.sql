-- One row per logged generation and version recorded by the freeze, including withdrawn
-- versions.
-- Usage that was known when a month was first issued is not late, so the latest version
-- is not enough.
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
    coalesce(is_test, false) as is_test,
    is_withdrawn,
    recorded_at,
    min(recorded_at) over (partition by generation_id) as first_recorded_at,
    delivery_id
from {{ source("raw", "raw_ai_usage__generations") }}
where recorded_at <= {{ known_at("usage") }}
