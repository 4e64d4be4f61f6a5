-- One row per use context, side, attributed source, owner and period of time, with the
-- final status of its uses; and one per part that attribution leaves open. A play has
-- its generation's status; if that is paid, the play is resolved at 00:00 UTC of its
-- date by the decisions recorded by then (docs/money.md, "Consent").
with
    decided as (
        select
            *,
            case
                when not is_reassessed
                then consent_status
                when is_new_owner and is_allowed_then and is_allowed_now
                then
                    case
                        when is_default_then then 'contract_default' else 'consented'
                    end
                when is_new_owner and is_allowed_then
                then 'retro_revoked'
                when is_new_owner and is_allowed_now
                then 'late_consent'
                when is_allowed_then
                then consent_status
                when is_in_run_off
                then 'run_off'
                else 'unconsented'
            end as final_status
        from {{ ref("int_consent__use_resolutions") }}
    ),
    explained as (
        select
            decided.*,
            case
                when final_status not in ('late_consent', 'leakage', 'unconsented')
                then null
                when is_reassessed and is_resolved_at_use and is_over_limit_then
                then 'limit'
                when is_reassessed
                then denied_by_then
                else denied_by
            end as final_denied_by,
            case
                when final_status not in ('late_consent', 'leakage', 'unconsented')
                then null
                when is_reassessed
                then denial_id_then
                else denial_id
            end as consent_denial_id
        from decided
    ),
    statuses as (
        select
            use_context_number,
            side,
            object_id,
            owner_party_id,
            part_from as valid_from,
            part_to as valid_to,
            partner_id,
            contract_id,
            contract_version,
            rights_bucket,
            false as is_left_to_service,
            source_weight_nano,
            ownership_share,
            final_status as consent_status,
            coalesce(
                final_status in ('late_consent', 'leakage', 'unconsented'), false
            ) as is_unconsented,
            case
                when final_status in ('late_consent', 'leakage', 'unconsented')
                then null
                when is_reassessed and final_status <> 'run_off'
                then proof_then
                else proof_id
            end as consent_proof_id,
            case
                when final_status <> 'late_consent'
                then null
                when is_reassessed
                then proof_now
                else now_proof_id
            end as late_proof_id,
            final_denied_by as consent_denied_by,
            consent_denial_id,
            case
                when final_status = 'leakage'
                then 'leakage'
                when final_status <> 'unconsented'
                then null
                when final_denied_by = 'limit'
                then 'over_limit'
                when is_reassessed and not is_new_owner
                then 'play_after_run_off'
                when is_after_enforcement
                then 'use_after_enforcement'
                else 'unconsented_use'
            end as incident_kind
        from explained
        union all
        select
            use_contexts.use_context_number,
            weights.side,
            cast(null as {{ t_str() }}) as object_id,
            cast(null as {{ t_str() }}) as owner_party_id,
            {{ always_from() }} as valid_from,
            {{ always_to() }} as valid_to,
            cast(null as {{ t_str() }}) as partner_id,
            cast(null as {{ t_str() }}) as contract_id,
            cast(null as {{ t_bigint() }}) as contract_version,
            case
                when not weights.is_left_to_service then 'UNATTRIBUTED'
            end as rights_bucket,
            weights.is_left_to_service,
            weights.source_weight_nano,
            cast(1 as {{ t_dec(15, 14) }}) as ownership_share,
            cast(null as {{ t_str() }}) as consent_status,
            false as is_unconsented,
            cast(null as {{ t_str() }}) as consent_proof_id,
            cast(null as {{ t_str() }}) as late_proof_id,
            cast(null as {{ t_str() }}) as consent_denied_by,
            cast(null as {{ t_str() }}) as consent_denial_id,
            cast(null as {{ t_str() }}) as incident_kind
        from {{ ref("int_usage__use_contexts") }} as use_contexts
        inner join
            {{ ref("int_attribution__source_weights") }} as weights
            on weights.output_id = use_contexts.output_id
            and weights.object_id is null
        where use_contexts.basis <> 'training'
    )
select
    cast(
        row_number() over (
            order by
                use_context_number,
                side,
                object_id nulls first,
                owner_party_id nulls first,
                is_left_to_service,
                valid_from
        ) as {{ t_bigint() }}
    ) as status_number,
    statuses.*
from statuses
