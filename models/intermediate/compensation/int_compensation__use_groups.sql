-- One row per use status, usage month, tier, layer of usage and removal bucket with a
-- use: number and weight of the uses, payee and consent. A day's plays and a generation
-- are joined by numbers only; texts come from the status.
with
    use_contexts as (select * from {{ ref("int_usage__use_contexts") }}),
    statuses as (select * from {{ ref("int_consent__use_statuses") }}),
    summed as (
        select
            statuses.status_number,
            uses.usage_month,
            uses.tier,
            uses.usage_layer,
            uses.removal_bucket,
            cast(sum(uses.quantity) as {{ t_bigint() }}) as quantity
        from {{ ref("int_usage__uses") }} as uses
        inner join
            statuses
            on statuses.use_context_number = uses.use_context_number
            and statuses.valid_from <= uses.judged_at
            and statuses.valid_to > uses.judged_at
        group by all
    ),
    assessed as (
        select
            summed.status_number,
            summed.usage_month,
            use_contexts.derivative_id,
            use_contexts.territory,
            use_contexts.product_id,
            summed.tier,
            summed.usage_layer,
            summed.removal_bucket,
            summed.quantity,
            statuses.side,
            statuses.object_id,
            statuses.owner_party_id,
            statuses.partner_id,
            statuses.contract_id,
            statuses.contract_version,
            statuses.rights_bucket,
            statuses.is_left_to_service,
            statuses.source_weight_nano,
            statuses.ownership_share,
            statuses.consent_status,
            statuses.is_unconsented,
            statuses.consent_proof_id,
            statuses.late_proof_id,
            statuses.consent_denied_by,
            statuses.consent_status = 'late_consent'
            and released.contract_id is not null as is_released,
            summed.usage_layer <> 'timely'
            and contracts.late_usage = 'none' as is_left_out
        from summed
        inner join statuses on statuses.status_number = summed.status_number
        inner join
            use_contexts
            on use_contexts.use_context_number = statuses.use_context_number
        left join
            {{ ref("int_licensing__terms_effective") }} as contracts
            on contracts.contract_id = statuses.contract_id
            and contracts.contract_version = statuses.contract_version
        -- A late consent is held in its own month's statement, and released once that
        -- is issued (E36).
        left join
            {{ ref("int_ledger__months_released") }} as released
            on released.contract_id = statuses.contract_id
            and released.usage_month = summed.usage_month
    )
select
    status_number,
    usage_month,
    derivative_id,
    territory,
    product_id,
    tier,
    usage_layer,
    removal_bucket,
    side,
    object_id,
    owner_party_id,
    partner_id,
    contract_id,
    contract_version,
    -- Without a contract no consent is required, whatever the generation's contract
    -- required.
    case when contract_id is not null then consent_status end as consent_status,
    case
        when contract_id is null
        then null
        when is_released
        then late_proof_id
        else consent_proof_id
    end as consent_proof_id,
    case
        when contract_id is not null and not is_released then late_proof_id
    end as late_proof_id,
    case when contract_id is not null then consent_denied_by end as consent_denied_by,
    case
        when is_left_to_service
        then null
        when rights_bucket is not null
        then rights_bucket
        when removal_bucket is not null
        then removal_bucket
        when is_unconsented and not is_released
        then 'CONSENT'
    end as hold_bucket,
    case
        when is_left_to_service
        then 'service_remainder'
        when is_left_out
        then 'late_usage'
    end as exclusion_reason,
    quantity,
    source_weight_nano,
    ownership_share,
    {{ use_weight_nano("quantity", "source_weight_nano", "ownership_share") }}
    as weight_nano
from assessed
