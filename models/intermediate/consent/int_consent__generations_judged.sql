-- One row per use scope, source, owner and stretch of rights, with the verdict on the
-- generation: judged twice, by what was recorded at its instant and by what is recorded
-- now (docs/money.md, "Consent").
with
    scoped as (select * from {{ ref("int_consent__generations_scoped") }}),
    answers as (select * from {{ ref("int_consent__answers") }}),
    output_numbers as (select * from {{ ref("int_consent__output_numbers") }}),
    contracts as (select * from {{ ref("int_licensing__terms_effective") }}),
    judged as (
        select
            scoped.*,
            contracts.run_off_days,
            coalesce(
                output_numbers.influence_nano, scoped.source_weight_nano
            ) as influence_nano,
            output_numbers.output_number,
            -- Nobody but the owner is required: nothing to ask at the generation.
            coalesce(then_answers.is_allowed, scoped.is_new_owner) as is_answered_then,
            coalesce(now_answers.is_allowed, scoped.is_new_owner) as is_answered_now,
            {{
                is_over_limit(
                    "coalesce(output_numbers.influence_nano, scoped.source_weight_nano)",
                    "output_numbers.output_number",
                    "then_answers",
                )
            }}
            as is_over_limit_then,
            {{
                is_over_limit(
                    "coalesce(output_numbers.influence_nano, scoped.source_weight_nano)",
                    "output_numbers.output_number",
                    "now_answers",
                )
            }}
            as is_over_limit_now,
            then_answers.is_contract_default,
            then_answers.proof_id,
            now_answers.proof_id as now_proof_id,
            coalesce(now_answers.denied_by, then_answers.denied_by) as denied_by,
            coalesce(now_answers.denial_id, then_answers.denial_id) as denial_id,
            now_answers.enforced_at,
            now_answers.stopped_from
        from scoped
        left join
            contracts
            on contracts.contract_id = scoped.contract_id
            and contracts.contract_version = scoped.contract_version
        left join
            answers as then_answers
            on then_answers.pattern_number = scoped.generation_pattern_number
            and then_answers.clock = 'then'
            and then_answers.valid_from <= scoped.generated_at
            and then_answers.valid_to > scoped.generated_at
        left join
            answers as now_answers
            on now_answers.pattern_number = scoped.generation_pattern_number
            and now_answers.clock = 'now'
            and now_answers.valid_from <= scoped.generated_at
            and now_answers.valid_to > scoped.generated_at
        left join
            output_numbers
            on output_numbers.attribution_key = scoped.attribution_key
            and output_numbers.side = scoped.side
            and output_numbers.object_id = scoped.object_id
    ),
    -- A limit that is exceeded makes of an allow a deny, then and now alike.
    answered as (
        select
            judged.*,
            is_answered_then and not is_over_limit_then as is_allowed_then,
            is_answered_now and not is_over_limit_now as is_allowed_now
        from judged
    )
select
    use_scope_number,
    basis,
    first_judged_at,
    last_judged_at,
    attribution_key,
    use_type,
    side,
    object_id,
    source_weight_nano,
    influence_nano,
    output_number,
    valid_from,
    valid_to,
    owner_party_id,
    ownership_share,
    partner_id,
    contract_id,
    contract_version,
    rights_bucket,
    pattern_number,
    is_new_owner,
    run_off_days,
    -- Without a contract nobody was asked: there is no answer to name as a proof.
    case when contract_id is not null then proof_id end as proof_id,
    case when contract_id is not null then now_proof_id end as now_proof_id,
    case
        when contract_id is null or is_allowed_then
        then null
        when is_answered_then or (is_answered_now and is_over_limit_now)
        then 'limit'
        else denied_by
    end as denied_by,
    case
        when contract_id is not null and not is_allowed_then then denial_id
    end as denial_id,
    -- The products had enforced the refusal, and it was used all the same (E34).
    contract_id is not null
    and not is_allowed_then
    and not is_allowed_now
    and not is_over_limit_now
    and coalesce(generated_at >= stopped_from, false) as is_after_enforcement,
    case
        when contract_id is null
        then null
        when is_allowed_then and is_allowed_now
        then case when is_contract_default then 'contract_default' else 'consented' end
        when is_allowed_then
        then 'retro_revoked'
        when is_allowed_now
        then 'late_consent'
        when not is_over_limit_now and generated_at < enforced_at
        then 'leakage'
        else 'unconsented'
    end as consent_status
from answered
