-- One row per use context, source, owner and period of rights, with the patterns that
-- resolve the use and its generation.
-- If the owner acquired the object after the generation, only the artists' consent
-- counts at the generation; the owner's is needed at each use (docs/money.md,
-- "Consent").
-- A view, so that the rows are written only once, as int_consent__generation_statuses.
{{ config(materialized="view") }}
with
    use_contexts as (select * from {{ ref("int_usage__use_contexts") }}),
    weights as (select * from {{ ref("int_attribution__source_weights") }}),
    rights as (select * from {{ ref("int_rights__periods") }}),
    contexts as (select * from {{ ref("int_consent__contexts") }}),
    requests as (
        select
            licences.*,
            requests.context_group_number,
            requests.territory,
            requests.includes_owner,
            requests.pattern_number
        from {{ ref("int_consent__requests") }} as requests
        inner join
            {{ ref("int_consent__licences") }} as licences
            on licences.licence_number = requests.licence_number
    ),
    resolved as (
        select
            use_contexts.use_context_number,
            use_contexts.basis,
            use_contexts.first_judged_at,
            use_contexts.last_judged_at,
            use_contexts.output_id,
            use_contexts.territory,
            use_contexts.product_id,
            use_contexts.use_type,
            use_contexts.model_version,
            use_contexts.generated_at,
            use_contexts.generated_in,
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
            and rights.owner_since > use_contexts.generated_at as is_new_owner
        from use_contexts
        inner join weights on weights.output_id = use_contexts.output_id
        inner join
            rights
            on rights.side = weights.side
            and rights.object_id = weights.object_id
            and rights.territory = use_contexts.territory
            and rights.product_id = use_contexts.product_id
            and rights.valid_from <= use_contexts.last_judged_at
            and rights.valid_to > use_contexts.first_judged_at
    ),
    -- A generation is resolved where, and under the terms under which, it was made, if
    -- its owner already owned the object.
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
    )
select
    placed.use_context_number,
    placed.basis,
    placed.first_judged_at,
    placed.last_judged_at,
    placed.output_id,
    placed.use_type,
    placed.generated_at,
    placed.side,
    placed.object_id,
    placed.source_weight_nano,
    placed.valid_from,
    placed.valid_to,
    placed.owner_party_id,
    placed.ownership_share,
    placed.partner_id,
    placed.contract_id,
    placed.contract_version,
    placed.rights_bucket,
    placed.is_new_owner,
    requests.pattern_number,
    generation_requests.pattern_number as generation_pattern_number
from placed
left join
    contexts
    on contexts.territory = placed.territory
    and contexts.product_id = placed.product_id
    and contexts.use_type = placed.use_type
    and contexts.model_version is not distinct from placed.model_version
left join
    requests
    on requests.includes_owner
    and requests.context_group_number = contexts.context_group_number
    and coalesce(requests.territory, placed.territory) = placed.territory
    and requests.side = placed.side
    and requests.object_id = placed.object_id
    and requests.owner_party_id = placed.owner_party_id
    and requests.contract_id = placed.contract_id
    and requests.contract_version = placed.contract_version
    and requests.owner_since is not distinct from placed.owner_since
left join
    contexts as generation_contexts
    on generation_contexts.territory = placed.made_in
    and generation_contexts.product_id = placed.product_id
    and generation_contexts.use_type = placed.use_type
    and generation_contexts.model_version is not distinct from placed.model_version
left join
    requests as generation_requests
    on generation_requests.includes_owner <> placed.is_new_owner
    and generation_requests.context_group_number
    = generation_contexts.context_group_number
    and coalesce(generation_requests.territory, placed.made_in) = placed.made_in
    and generation_requests.side = placed.side
    and generation_requests.object_id = placed.object_id
    and generation_requests.owner_party_id = placed.owner_party_id
    and generation_requests.contract_id = placed.made_contract_id
    and generation_requests.contract_version = placed.made_contract_version
    and generation_requests.owner_since is not distinct from placed.made_owner_since
