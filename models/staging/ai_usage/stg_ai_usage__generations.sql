-- One row per logged generation: tests, failures and retries included.
with
    latest as (
        {{
            latest_versions(
                source("raw", "raw_ai_usage__generations"), ["generation_id"]
            )
        }}
    )
select
    generation_id,
    idempotency_key,
    occurred_at,
    user_key,
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
    recorded_at,
    delivery_id
from latest
