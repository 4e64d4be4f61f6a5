-- One row per consent decision and version known at the freeze, including withdrawn
-- versions.
-- Consent is resolved by the decisions known at the instant of a use, so the latest
-- version is not enough.
with
    known as (
        select *
        from {{ arrived(source("raw", "raw_licensing__consents")) }} as arrivals
        where known_from <= {{ known_at("consent") }}
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
    is_withdrawn,
    recorded_at,
    known_from,
    lead(recorded_at) over (
        partition by decision_id order by recorded_at
    ) as next_recorded_at,
    delivery_id
from known
