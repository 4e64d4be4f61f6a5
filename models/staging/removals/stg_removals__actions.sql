-- One row per removal action (statement of reasons).
with
    latest as (
        {{ latest_versions(source("raw", "raw_removals__actions"), ["puid"], "fraud") }}
    )
select
    puid,
    case_id,
    recording_id,
    derivative_id,
    isrc,
    title,
    territories,
    uploader_party_id,
    affected_party_id,
    programme_reason,
    ai_status,
    decision_visibility,
    decision_monetary,
    decision_provision,
    decision_account,
    decision_ground,
    legal_ground,
    category,
    category_specification,
    content_type,
    territorial_scope,
    source_type,
    source_identity,
    automated_decision,
    facts,
    content_date,
    plays_before,
    automated_detection,
    detected_at,
    decided_at,
    applied_at,
    ended_at,
    recorded_at,
    delivery_id
from latest
