-- One row per logged generation and version known at the freeze, including withdrawn
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
    known_from,
    min(recorded_at) over (partition by generation_id) as first_recorded_at,
    min(known_from) over (partition by generation_id) as first_known_from,
    delivery_id
from {{ arrived(source("raw", "raw_ai_usage__generations")) }} as arrivals
where known_from <= {{ known_at("usage") }}
