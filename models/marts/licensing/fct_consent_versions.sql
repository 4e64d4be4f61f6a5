-- One row per consent decision and version recorded by the freeze, including withdrawn
-- versions.
select
    cast(decision_id as {{ t_str() }}) as decision_id,
    cast(party_id as {{ t_str() }}) as party_id,
    cast(voice as {{ t_str() }}) as voice,
    cast(object_type as {{ t_str() }}) as object_type,
    cast(object_id as {{ t_str() }}) as object_id,
    cast(use_type as {{ t_str() }}) as use_type,
    cast(product_id as {{ t_str() }}) as product_id,
    cast(model_version as {{ t_str() }}) as model_version,
    cast(territory as {{ t_str() }}) as territory,
    cast(decision as {{ t_str() }}) as decision,
    cast(coalesce(evidence_state, 'not_checked') as {{ t_str() }}) as evidence_state,
    cast(evidence_sha256 as {{ t_str() }}) as evidence_sha256,
    cast(max_influence as {{ t_dec(13, 12) }}) as max_influence,
    cast(daily_limit as {{ t_bigint() }}) as daily_limit,
    cast(is_withdrawn as boolean) as is_withdrawn,
    cast(next_recorded_at is not null as boolean) as is_superseded,
    cast(
        not is_withdrawn
        and next_recorded_at is null
        and coalesce(evidence_state, '') <> 'mismatch' as boolean
    ) as is_usable,
    cast(valid_from as {{ t_ts() }}) as valid_from,
    cast(valid_to as {{ t_ts() }}) as valid_to,
    cast(signed_at as {{ t_ts() }}) as signed_at,
    cast(enforced_at as {{ t_ts() }}) as enforced_at,
    cast(recorded_at as {{ t_ts() }}) as recorded_at,
    cast(next_recorded_at as {{ t_ts() }}) as superseded_at
from {{ ref("stg_licensing__consent_versions") }}
