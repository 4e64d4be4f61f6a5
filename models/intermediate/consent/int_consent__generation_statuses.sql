-- One row per use context, source, owner and period of rights, with the status of the
-- generation: resolved twice, by the decisions recorded at its instant and by those
-- recorded at the freeze (docs/money.md, "Consent").
with
    requested as (select * from {{ ref("int_consent__generation_requests") }}),
    resolutions as (select * from {{ ref("int_consent__resolutions") }}),
    output_numbers as (select * from {{ ref("int_consent__output_numbers") }}),
    contracts as (select * from {{ ref("int_licensing__terms_effective") }}),
    resolved as (
        select
            requested.*,
            contracts.run_off_days,
            coalesce(
                output_numbers.influence_nano, requested.source_weight_nano
            ) as influence_nano,
            output_numbers.output_number,
            -- Only the owner is required, so the generation needs no consent.
            coalesce(
                resolutions_at_use.is_allowed, requested.is_new_owner
            ) as is_resolved_at_use,
            coalesce(
                resolutions_at_freeze.is_allowed, requested.is_new_owner
            ) as is_resolved_at_freeze,
            {{
                is_over_limit(
                    "coalesce(output_numbers.influence_nano, requested.source_weight_nano)",
                    "output_numbers.output_number",
                    "resolutions_at_use",
                )
            }}
            as is_over_limit_then,
            {{
                is_over_limit(
                    "coalesce(output_numbers.influence_nano, requested.source_weight_nano)",
                    "output_numbers.output_number",
                    "resolutions_at_freeze",
                )
            }}
            as is_over_limit_now,
            resolutions_at_use.is_contract_default,
            resolutions_at_use.proof_id,
            resolutions_at_freeze.proof_id as now_proof_id,
            coalesce(
                resolutions_at_freeze.denied_by, resolutions_at_use.denied_by
            ) as denied_by,
            coalesce(
                resolutions_at_freeze.denial_id, resolutions_at_use.denial_id
            ) as denial_id,
            resolutions_at_freeze.enforced_at,
            resolutions_at_freeze.stopped_from
        from requested
        left join
            contracts
            on contracts.contract_id = requested.contract_id
            and contracts.contract_version = requested.contract_version
        left join
            resolutions as resolutions_at_use
            on resolutions_at_use.pattern_number = requested.generation_pattern_number
            and resolutions_at_use.as_of = 'use'
            and resolutions_at_use.valid_from <= requested.generated_at
            and resolutions_at_use.valid_to > requested.generated_at
        left join
            resolutions as resolutions_at_freeze
            on resolutions_at_freeze.pattern_number
            = requested.generation_pattern_number
            and resolutions_at_freeze.as_of = 'freeze'
            and resolutions_at_freeze.valid_from <= requested.generated_at
            and resolutions_at_freeze.valid_to > requested.generated_at
        left join
            output_numbers
            on output_numbers.output_id = requested.output_id
            and output_numbers.side = requested.side
            and output_numbers.object_id = requested.object_id
    ),
    -- An exceeded limit turns an allow into a deny, both at the use and at the freeze.
    decided as (
        select
            resolved.*,
            is_resolved_at_use and not is_over_limit_then as is_allowed_then,
            is_resolved_at_freeze and not is_over_limit_now as is_allowed_now
        from resolved
    )
select
    use_context_number,
    basis,
    first_judged_at,
    last_judged_at,
    output_id,
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
    -- Without a contract no consent is required, so there is no proof.
    case when contract_id is not null then proof_id end as proof_id,
    case when contract_id is not null then now_proof_id end as now_proof_id,
    case
        when contract_id is null or is_allowed_then
        then null
        when is_resolved_at_use or (is_resolved_at_freeze and is_over_limit_now)
        then 'limit'
        else denied_by
    end as denied_by,
    case
        when contract_id is not null and not is_allowed_then then denial_id
    end as denial_id,
    -- The products had enforced the refusal, but the object was used all the same
    -- (E34).
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
from decided
