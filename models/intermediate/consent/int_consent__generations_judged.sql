-- One row per use scope, source, owner and stretch of rights, with the verdict on the
-- generation: judged twice, by what was recorded at its instant and by what is recorded
-- now (docs/money.md, "Consent").
-- Where the owner came after the generation, the artists alone are judged at the
-- generation; the owner is asked at each use (Consent 7).
with
    use_scopes as (select * from {{ ref("int_usage__use_scopes") }}),
    weights as (select * from {{ ref("int_attribution__source_weights") }}),
    rights as (select * from {{ ref("int_rights__segments") }}),
    scopes as (select * from {{ ref("int_consent__scopes") }}),
    answers as (select * from {{ ref("int_consent__answers") }}),
    output_numbers as (select * from {{ ref("int_consent__output_numbers") }}),
    contracts as (select * from {{ ref("int_licensing__terms_effective") }}),
    resolved as (
        select
            use_scopes.attribution_key,
            use_scopes.territory,
            use_scopes.product_id,
            use_scopes.use_type,
            use_scopes.model_version,
            use_scopes.generated_at,
            use_scopes.generated_in,
            weights.side,
            weights.object_id,
            weights.source_weight_nano,
            rights.valid_from,
            rights.valid_to,
            rights.owner_party_id,
            rights.ownership_share,
            rights.owner_since,
            rights.partner_id,
            rights.contract_id,
            rights.contract_version,
            rights.rights_bucket,
            rights.owner_since is not null
            and rights.owner_since > use_scopes.generated_at as is_new_owner
        from use_scopes
        inner join weights on weights.attribution_key = use_scopes.attribution_key
        inner join
            rights
            on rights.side = weights.side
            and rights.object_id = weights.object_id
            and rights.territory = use_scopes.territory
            and rights.product_id = use_scopes.product_id
            and rights.valid_from <= use_scopes.last_judged_at
            and rights.valid_to > use_scopes.first_judged_at
    ),
    -- A generation is judged where and under the terms that it was made, as long as the
    -- owner was there already.
    placed as (
        select
            resolved.*,
            case
                when made.contract_id is null
                then resolved.territory
                else resolved.generated_in
            end as made_in,
            coalesce(made.contract_id, resolved.contract_id) as made_contract_id,
            coalesce(
                made.contract_version, resolved.contract_version
            ) as made_contract_version,
            case
                when made.contract_id is null
                then resolved.owner_since
                else made.owner_since
            end as made_owner_since
        from resolved
        left join
            rights as made
            on not resolved.is_new_owner
            and made.contract_id is not null
            and made.side = resolved.side
            and made.object_id = resolved.object_id
            and made.territory = resolved.generated_in
            and made.product_id = resolved.product_id
            and made.owner_party_id = resolved.owner_party_id
            and made.valid_from <= resolved.generated_at
            and made.valid_to > resolved.generated_at
    ),
    scoped as (
        select
            placed.*, scopes.scope_id, generation_scopes.scope_id as generation_scope_id
        from placed
        left join
            scopes
            on scopes.judges_owner
            and scopes.side = placed.side
            and scopes.object_id = placed.object_id
            and scopes.owner_party_id = placed.owner_party_id
            and scopes.contract_id = placed.contract_id
            and scopes.contract_version = placed.contract_version
            and scopes.territory = placed.territory
            and scopes.product_id = placed.product_id
            and scopes.use_type = placed.use_type
            and scopes.model_version is not distinct from placed.model_version
            and scopes.owner_since is not distinct from placed.owner_since
        left join
            scopes as generation_scopes
            on generation_scopes.judges_owner <> placed.is_new_owner
            and generation_scopes.side = placed.side
            and generation_scopes.object_id = placed.object_id
            and generation_scopes.owner_party_id = placed.owner_party_id
            and generation_scopes.contract_id = placed.made_contract_id
            and generation_scopes.contract_version = placed.made_contract_version
            and generation_scopes.territory = placed.made_in
            and generation_scopes.product_id = placed.product_id
            and generation_scopes.use_type = placed.use_type
            and generation_scopes.model_version
            is not distinct from placed.model_version
            and generation_scopes.owner_since
            is not distinct from placed.made_owner_since
    ),
    judged as (
        select
            scoped.*,
            contracts.run_off_days,
            -- Nobody but the owner is required: nothing to ask at the generation.
            coalesce(then_answers.is_allowed, scoped.is_new_owner) as is_allowed_then,
            coalesce(now_answers.is_allowed, scoped.is_new_owner) as is_allowed_now,
            then_answers.is_contract_default,
            then_answers.proof_id,
            now_answers.proof_id as now_proof_id,
            coalesce(now_answers.denied_by, then_answers.denied_by) as denied_by,
            now_answers.answer_since as revoked_at,
            now_answers.enforced_at,
            coalesce(
                {{ wide("scoped.source_weight_nano") }} * 1000
                > {{ scaled("then_answers.max_influence", 12) }},
                false
            )
            or coalesce(
                output_numbers.output_number > then_answers.daily_limit, false
            ) as is_over_limit
        from scoped
        left join
            contracts
            on contracts.contract_id = scoped.contract_id
            and contracts.contract_version = scoped.contract_version
        left join
            answers as then_answers
            on then_answers.scope_id = scoped.generation_scope_id
            and then_answers.clock = 'then'
            and then_answers.valid_from <= scoped.generated_at
            and then_answers.valid_to > scoped.generated_at
        left join
            answers as now_answers
            on now_answers.scope_id = scoped.generation_scope_id
            and now_answers.clock = 'now'
            and now_answers.valid_from <= scoped.generated_at
            and now_answers.valid_to > scoped.generated_at
        left join
            output_numbers
            on output_numbers.attribution_key = scoped.attribution_key
            and output_numbers.side = scoped.side
            and output_numbers.object_id = scoped.object_id
    )
select
    attribution_key,
    territory,
    product_id,
    use_type,
    model_version,
    generated_at,
    side,
    object_id,
    source_weight_nano,
    valid_from,
    valid_to,
    owner_party_id,
    ownership_share,
    partner_id,
    contract_id,
    contract_version,
    rights_bucket,
    scope_id,
    is_new_owner,
    run_off_days,
    proof_id,
    now_proof_id,
    case
        when is_over_limit then 'limit' when not is_allowed_then then denied_by
    end as denied_by,
    case
        when contract_id is null
        then null
        when is_allowed_then and is_over_limit
        then 'unconsented'
        when is_allowed_then and is_allowed_now
        then case when is_contract_default then 'contract_default' else 'consented' end
        when is_allowed_then
        then 'retro_revoked'
        when is_allowed_now
        then 'late_consent'
        when generated_at >= revoked_at and generated_at < enforced_at
        then 'leakage'
        else 'unconsented'
    end as consent_status
from judged
