-- One row per use, side, source and owner: its weight, its payee, and its consent.
select
    cast(uses.use_id as {{ t_str() }}) as use_id,
    cast(uses.generation_id as {{ t_str() }}) as generation_id,
    cast(uses.derivative_id as {{ t_str() }}) as derivative_id,
    cast(uses.territory as {{ t_str() }}) as territory,
    cast(uses.product_id as {{ t_str() }}) as product_id,
    cast(uses.tier as {{ t_str() }}) as tier,
    cast(uses.use_type as {{ t_str() }}) as use_type,
    cast(use_groups.side as {{ t_str() }}) as side,
    cast(use_groups.object_id as {{ t_str() }}) as object_id,
    cast(use_groups.owner_party_id as {{ t_str() }}) as owner_party_id,
    cast(use_groups.partner_id as {{ t_str() }}) as partner_id,
    cast(use_groups.contract_id as {{ t_str() }}) as contract_id,
    cast(use_groups.contract_version as {{ t_bigint() }}) as contract_version,
    -- Without a contract a use is not permitted, so no consent is required (Consent 8).
    -- The lines of such uses have no status.
    cast(
        case
            when use_groups.hold_bucket = 'UNROUTED'
            then 'unlicensed'
            else use_groups.consent_status
        end as {{ t_str() }}
    ) as consent_status,
    cast(use_groups.consent_proof_id as {{ t_str() }}) as consent_proof_id,
    cast(use_groups.late_proof_id as {{ t_str() }}) as late_proof_id,
    cast(use_groups.consent_denied_by as {{ t_str() }}) as consent_denied_by,
    cast(
        case
            when use_groups.contract_id is not null then statuses.consent_denial_id
        end as {{ t_str() }}
    ) as consent_denial_id,
    cast(
        case
            when use_groups.hold_bucket = 'UNROUTED'
            then 'unlicensed_use'
            when use_groups.contract_id is not null
            then statuses.incident_kind
        end as {{ t_str() }}
    ) as incident_kind,
    cast(use_groups.hold_bucket as {{ t_str() }}) as hold_bucket,
    cast(use_groups.exclusion_reason as {{ t_str() }}) as exclusion_reason,
    cast(uses.usage_layer as {{ t_str() }}) as usage_layer,
    cast(uses.quantity as {{ t_bigint() }}) as quantity,
    cast(use_groups.source_weight_nano as {{ t_bigint() }}) as source_weight_nano,
    cast(use_groups.ownership_share as {{ t_dec(15, 14) }}) as ownership_share,
    {{
        use_weight_nano(
            "uses.quantity",
            "use_groups.source_weight_nano",
            "use_groups.ownership_share",
        )
    }} as weight_nano,
    cast(uses.usage_month as date) as usage_month,
    cast(uses.play_date as date) as play_date,
    cast(
        case when uses.play_date is null then uses.judged_at end as {{ t_ts() }}
    ) as used_at,
    cast(uses.judged_at as {{ t_ts() }}) as judged_at
from {{ ref("int_usage__uses") }} as uses
inner join
    {{ ref("int_consent__use_statuses") }} as statuses
    on statuses.use_context_number = uses.use_context_number
    and statuses.valid_from <= uses.judged_at
    and statuses.valid_to > uses.judged_at
inner join
    {{ ref("int_compensation__use_groups") }} as use_groups
    on use_groups.status_number = statuses.status_number
    and use_groups.usage_month = uses.usage_month
    and use_groups.tier = uses.tier
    and use_groups.usage_layer = uses.usage_layer
    and use_groups.removal_bucket is not distinct from uses.removal_bucket
