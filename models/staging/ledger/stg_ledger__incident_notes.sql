-- One row per note with which a person closed an incident, known at the freeze.
select
    sequence,
    incident_id,
    incident_kind,
    usage_month,
    product_id,
    side,
    object_id,
    owner_party_id,
    partner_id,
    contract_id,
    decision_id,
    model_version,
    derivative_id,
    case_id,
    denied_by,
    consent_status,
    opened_at,
    because,
    noted_by,
    noted_at
from {{ source("raw", "raw_ledger__incident_notes") }}
where noted_at <= {{ known_at() }}
