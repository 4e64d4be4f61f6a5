-- One row per pool, contract and version, object, owner, hold bucket, consent status
-- and proof, and layer of usage: the exact weight of its uses, rounded once, to whole
-- nano-uses.
with
    use_groups as (
        select *
        from {{ ref("int_compensation__use_groups") }}
        where {{ months_in_scope("usage_month") }}
    ),
    summed as (
        select
            usage_month,
            territory,
            product_id,
            tier,
            side,
            partner_id,
            contract_id,
            contract_version,
            object_id,
            owner_party_id,
            hold_bucket,
            consent_status,
            consent_proof_id,
            usage_layer,
            sum(quantity) as quantity,
            sum(weight_nano) as weight
        from use_groups
        where exclusion_reason is null
        group by all
    )
select
    {{ pool_id("usage_month", "territory", "product_id", "tier", "side") }} as pool_id,
    usage_month,
    territory,
    product_id,
    tier,
    side,
    partner_id,
    contract_id,
    contract_version,
    object_id,
    owner_party_id,
    hold_bucket,
    consent_status,
    consent_proof_id,
    usage_layer,
    cast(quantity as {{ t_bigint() }}) as quantity,
    cast(weight as {{ t_dec(38, 0) }}) as weight_nano,
    {{ full_line_key() }} as line_key
from summed
