-- One row per use, side, source and owner: what it weighs, who is to be paid for it,
-- and by which consent.
with
    uses as (select * from {{ ref("int_usage__uses") }}),
    judged as (
        select
            uses_judged.*,
            uses_judged.consent_status = 'late_consent'
            and released.contract_id is not null as is_released,
            uses_judged.usage_layer <> 'timely'
            and contracts.late_usage = 'none' as is_left_out
        from {{ ref("int_consent__uses_judged") }} as uses_judged
        left join
            {{ ref("int_licensing__terms_effective") }} as contracts
            on contracts.contract_id = uses_judged.contract_id
            and contracts.contract_version = uses_judged.contract_version
        -- A late consent is held in its month's own statement, and released once that
        -- is issued (E36).
        left join
            {{ ref("int_ledger__months_released") }} as released
            on released.contract_id = uses_judged.contract_id
            and released.usage_month = uses_judged.usage_month
    ),
    weights as (select * from {{ ref("int_attribution__source_weights") }}),
    unattributed as (
        select
            uses.*, weights.side, weights.source_weight_nano, weights.is_left_to_service
        from uses
        inner join
            weights
            on weights.attribution_key = uses.attribution_key
            and weights.object_id is null
    ),
    all_parts as (
        select
            use_id,
            generation_id,
            derivative_id,
            judged_at,
            play_date,
            usage_month,
            territory,
            product_id,
            tier,
            use_type,
            side,
            object_id,
            owner_party_id,
            partner_id,
            contract_id,
            contract_version,
            usage_layer,
            quantity,
            source_weight_nano,
            ownership_share,
            -- Without a contract nobody is asked, whatever the generation's contract
            -- said.
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
            case
                when contract_id is not null then consent_denied_by
            end as consent_denied_by,
            case
                when rights_bucket is not null
                then rights_bucket
                when removal_bucket is not null
                then removal_bucket
                when is_unconsented and not is_released
                then 'CONSENT'
            end as hold_bucket,
            case when is_left_out then 'late_usage' end as exclusion_reason
        from judged
        union all
        select
            use_id,
            generation_id,
            derivative_id,
            judged_at,
            play_date,
            usage_month,
            territory,
            product_id,
            tier,
            use_type,
            side,
            cast(null as {{ t_str() }}) as object_id,
            cast(null as {{ t_str() }}) as owner_party_id,
            cast(null as {{ t_str() }}) as partner_id,
            cast(null as {{ t_str() }}) as contract_id,
            cast(null as {{ t_bigint() }}) as contract_version,
            usage_layer,
            quantity,
            source_weight_nano,
            cast(1 as {{ t_dec(15, 14) }}) as ownership_share,
            cast(null as {{ t_str() }}) as consent_status,
            cast(null as {{ t_str() }}) as consent_proof_id,
            cast(null as {{ t_str() }}) as late_proof_id,
            cast(null as {{ t_str() }}) as consent_denied_by,
            case when not is_left_to_service then 'UNATTRIBUTED' end as hold_bucket,
            case
                when is_left_to_service then 'service_remainder'
            end as exclusion_reason
        from unattributed
    )
select
    use_id,
    generation_id,
    derivative_id,
    territory,
    product_id,
    tier,
    use_type,
    side,
    object_id,
    owner_party_id,
    partner_id,
    contract_id,
    contract_version,
    consent_status,
    consent_proof_id,
    late_proof_id,
    consent_denied_by,
    hold_bucket,
    exclusion_reason,
    usage_layer,
    quantity,
    source_weight_nano,
    ownership_share,
    cast(
        cast(
            cast(quantity as {{ t_dec(19, 0) }})
            * cast(source_weight_nano as {{ t_dec(10, 0) }}) as {{ t_dec(23, 0) }}
        )
        * cast(ownership_share as {{ t_dec(15, 14) }}) as {{ t_dec(38, 14) }}
    ) as weight_nano,
    usage_month,
    play_date,
    case when play_date is null then judged_at end as used_at,
    judged_at
from all_parts
