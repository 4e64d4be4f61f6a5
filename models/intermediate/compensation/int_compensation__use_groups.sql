-- One row per verdict, usage month, tier, layer of usage and removal bucket with a use:
-- how many uses there are, what they weigh, who is to be paid for them, and by which
-- consent. A day's plays and a generation are joined by numbers alone; what is text
-- comes from the verdict.
with
    use_contexts as (select * from {{ ref("int_usage__use_contexts") }}),
    verdicts as (select * from {{ ref("int_consent__use_statuses") }}),
    summed as (
        select
            verdicts.verdict_number,
            uses.usage_month,
            uses.tier,
            uses.usage_layer,
            uses.removal_bucket,
            cast(sum(uses.quantity) as {{ t_bigint() }}) as quantity
        from {{ ref("int_usage__uses") }} as uses
        inner join
            verdicts
            on verdicts.use_context_number = uses.use_context_number
            and verdicts.valid_from <= uses.judged_at
            and verdicts.valid_to > uses.judged_at
        group by all
    ),
    judged as (
        select
            summed.verdict_number,
            summed.usage_month,
            use_contexts.derivative_id,
            use_contexts.territory,
            use_contexts.product_id,
            summed.tier,
            summed.usage_layer,
            summed.removal_bucket,
            summed.quantity,
            verdicts.side,
            verdicts.object_id,
            verdicts.owner_party_id,
            verdicts.partner_id,
            verdicts.contract_id,
            verdicts.contract_version,
            verdicts.rights_bucket,
            verdicts.is_left_to_service,
            verdicts.source_weight_nano,
            verdicts.ownership_share,
            verdicts.consent_status,
            verdicts.is_unconsented,
            verdicts.consent_proof_id,
            verdicts.late_proof_id,
            verdicts.consent_denied_by,
            verdicts.consent_status = 'late_consent'
            and released.contract_id is not null as is_released,
            summed.usage_layer <> 'timely'
            and contracts.late_usage = 'none' as is_left_out
        from summed
        inner join verdicts on verdicts.verdict_number = summed.verdict_number
        inner join
            use_contexts
            on use_contexts.use_context_number = verdicts.use_context_number
        left join
            {{ ref("int_licensing__terms_effective") }} as contracts
            on contracts.contract_id = verdicts.contract_id
            and contracts.contract_version = verdicts.contract_version
        -- A late consent is held in its month's own statement, and released once that
        -- is issued (E36).
        left join
            {{ ref("int_ledger__months_released") }} as released
            on released.contract_id = verdicts.contract_id
            and released.usage_month = summed.usage_month
    )
select
    verdict_number,
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
    -- Without a contract nobody is asked, whatever the generation's contract said.
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
from judged
