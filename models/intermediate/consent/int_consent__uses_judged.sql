-- One row per use, side, attributed source and owner, with the final verdict on its
-- consent. A play has its generation's status; if that is paid, the play is judged at
-- 00:00 UTC of its date by what was recorded by then (docs/money.md, "Consent").
-- A view, so that the largest table is written once, as fct_source_uses.
{{ config(materialized="view") }}
with
    uses as (select * from {{ ref("int_usage__uses") }}),
    judged as (select * from {{ ref("int_consent__generations_judged") }}),
    answers as (select * from {{ ref("int_consent__answers") }}),
    owned as (
        select
            uses.use_id,
            uses.basis,
            uses.generation_id,
            uses.derivative_id,
            uses.judged_at,
            uses.play_date,
            uses.usage_month,
            uses.territory,
            uses.product_id,
            uses.tier,
            uses.use_type,
            uses.usage_layer,
            uses.quantity,
            uses.removal_bucket,
            judged.side,
            judged.object_id,
            judged.source_weight_nano,
            judged.influence_nano,
            judged.output_number,
            judged.owner_party_id,
            judged.ownership_share,
            judged.partner_id,
            judged.contract_id,
            judged.contract_version,
            judged.rights_bucket,
            judged.pattern_number,
            judged.is_new_owner,
            judged.run_off_days,
            judged.proof_id,
            judged.now_proof_id,
            judged.denied_by,
            judged.consent_status,
            uses.basis = 'plays'
            and coalesce(judged.consent_status, '')
            in ('consented', 'contract_default', 'retro_revoked') as is_judged_again
        from uses
        inner join
            judged
            on judged.attribution_key = uses.attribution_key
            and judged.territory = uses.territory
            and judged.product_id = uses.product_id
            and judged.use_type = uses.use_type
            and judged.generated_at = uses.generated_at
            and judged.model_version is not distinct from uses.model_version
            and judged.valid_from <= uses.judged_at
            and judged.valid_to > uses.judged_at
    ),
    answered as (
        select
            owned.*,
            coalesce(then_answers.is_allowed, false) as is_answered_then,
            {{
                is_over_limit(
                    "owned.influence_nano", "owned.output_number", "then_answers"
                )
            }} as is_over_limit_then,
            coalesce(now_answers.is_allowed, false) and not
            {{
                is_over_limit(
                    "owned.influence_nano", "owned.output_number", "now_answers"
                )
            }} as is_allowed_now,
            then_answers.is_contract_default as is_default_then,
            then_answers.proof_id as proof_then,
            now_answers.proof_id as proof_now,
            coalesce(then_answers.denied_by, 'unknown') as denied_by_then,
            case
                when
                    owned.judged_at
                    < then_answers.revoked_from + owned.run_off_days * interval '1' day
                then true
                else false
            end as is_in_run_off
        from owned
        left join
            answers as then_answers
            on owned.is_judged_again
            and then_answers.pattern_number = owned.pattern_number
            and then_answers.clock = 'then'
            and then_answers.valid_from <= owned.judged_at
            and then_answers.valid_to > owned.judged_at
        left join
            answers as now_answers
            on owned.is_judged_again
            and owned.is_new_owner
            and now_answers.pattern_number = owned.pattern_number
            and now_answers.clock = 'now'
            and now_answers.valid_from <= owned.judged_at
            and now_answers.valid_to > owned.judged_at
    ),
    -- A limit that is exceeded makes of an allow a deny; nothing ended, so nothing runs
    -- off.
    limited as (
        select
            answered.*, is_answered_then and not is_over_limit_then as is_allowed_then
        from answered
    ),
    decided as (
        select
            limited.*,
            case
                when not is_judged_again
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
                when not is_new_owner and is_in_run_off and not is_over_limit_then
                then 'run_off'
                else 'unconsented'
            end as final_status
        from limited
    )
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
    rights_bucket,
    removal_bucket,
    usage_layer,
    quantity,
    source_weight_nano,
    ownership_share,
    final_status as consent_status,
    final_status in ('late_consent', 'leakage', 'unconsented') as is_unconsented,
    case
        when final_status in ('late_consent', 'leakage', 'unconsented')
        then null
        when is_judged_again and final_status <> 'run_off'
        then proof_then
        else proof_id
    end as consent_proof_id,
    case
        when final_status <> 'late_consent'
        then null
        when is_judged_again
        then proof_now
        else now_proof_id
    end as late_proof_id,
    case
        when final_status not in ('late_consent', 'leakage', 'unconsented')
        then null
        when is_judged_again and is_answered_then and is_over_limit_then
        then 'limit'
        when is_judged_again
        then denied_by_then
        else denied_by
    end as consent_denied_by
from decided
