-- One row per use group: the uses of one batch, by side, source and owner, with their
-- number and weight, payee and consent.
{{ config(meta={"month": "usage_month"}) }}
with
    use_contexts as (select * from {{ ref("int_usage__use_contexts") }}),
    batches as (select * from {{ ref("int_consent__use_batches") }}),
    assessed as (
        select
            batches.use_batch_number,
            batches.usage_month,
            batches.generation_id,
            batches.tier,
            batches.usage_layer,
            batches.removal_bucket,
            batches.use_count,
            batches.quantity,
            batches.first_judged_at,
            batches.last_judged_at,
            use_contexts.basis,
            use_contexts.derivative_id,
            use_contexts.territory,
            use_contexts.product_id,
            use_contexts.use_type,
            statuses.*,
            statuses.consent_status = 'late_consent'
            and released.contract_id is not null as is_released,
            batches.usage_layer = 'late'
            and contracts.late_usage = 'none' as is_left_out
        from batches
        inner join
            use_contexts on use_contexts.use_context_number = batches.use_context_number
        inner join
            {{ ref("int_consent__use_statuses") }} as statuses
            on statuses.use_context_number = batches.use_context_number
            and statuses.valid_from <= batches.valid_from
            and statuses.valid_to >= batches.valid_to
        left join
            {{ ref("int_licensing__terms_effective") }} as contracts
            on contracts.contract_id = statuses.contract_id
            and contracts.contract_version = statuses.contract_version
        -- A late consent is held in its own month's statement, and released once that
        -- is issued (E36).
        left join
            {{ ref("int_ledger__months_released") }} as released
            on released.contract_id = statuses.contract_id
            and released.last_usage_month >= batches.usage_month
    )
select
    use_batch_number,
    status_number,
    basis as use_basis,
    usage_month,
    generation_id,
    derivative_id,
    territory,
    product_id,
    use_type,
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
    case when contract_id is not null then consent_denial_id end as consent_denial_id,
    case when contract_id is not null then incident_kind end as incident_kind,
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
    use_count,
    quantity,
    source_weight_nano,
    ownership_share,
    {{ use_weight_nano("quantity", "source_weight_nano", "ownership_share") }}
    as weight_nano,
    first_judged_at,
    last_judged_at
from assessed
