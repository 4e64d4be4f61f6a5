-- One row per question of consent that some use raises: an owner's share of a source
-- under a contract version, for a use type, model version, product and territory.
-- `judges_owner` is false for the artists' side alone, needed where the owner changed
-- after the generation.
with
    used as (select * from {{ ref("int_usage__use_scopes") }}),
    use_scopes as (
        select attribution_key, territory, product_id, use_type, model_version
        from used
        union
        select
            attribution_key,
            generated_in as territory,
            product_id,
            use_type,
            model_version
        from used
    ),
    weights as (select * from {{ ref("int_attribution__source_weights") }}),
    rights as (select * from {{ ref("int_rights__segments") }}),
    asked as (
        select distinct
            rights.side,
            rights.object_id,
            rights.owner_party_id,
            rights.owner_since,
            rights.contract_id,
            rights.contract_version,
            rights.territory,
            rights.product_id,
            use_scopes.use_type,
            use_scopes.model_version
        from use_scopes
        inner join weights on weights.attribution_key = use_scopes.attribution_key
        inner join
            rights
            on rights.side = weights.side
            and rights.object_id = weights.object_id
            and rights.territory = use_scopes.territory
            and rights.product_id = use_scopes.product_id
        where rights.contract_id is not null
    ),
    voices as (
        select asked.*, true as judges_owner
        from asked
        union all
        select asked.*, false as judges_owner
        from asked
        where owner_since is not null
    )
select
    {{
        md5_key(
            [
                "side",
                "object_id",
                "owner_party_id",
                "owner_since",
                "contract_id",
                "contract_version",
                "territory",
                "product_id",
                "use_type",
                "model_version",
                "judges_owner",
            ]
        )
    }} as scope_id, voices.*
from voices
