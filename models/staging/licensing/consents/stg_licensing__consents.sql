-- One row per consent decision, in its latest version.
with
    latest as (
        {{
            latest_versions(
                source("raw", "raw_licensing__consents"), ["decision_id"], "consent"
            )
        }}
    )
select
    decision_id,
    party_id,
    voice,
    object_type,
    object_id,
    use_type,
    product_id,
    model_version,
    territory,
    decision,
    daily_limit,
    max_influence,
    valid_from,
    valid_to,
    signed_at,
    enforced_at,
    evidence_sha256,
    evidence_state,
    recorded_at,
    delivery_id
from latest
