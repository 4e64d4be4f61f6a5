-- One row per use, layer, side, object and owner without a contract that covers it:
-- what is missing, and the partner concerned.
{{ config(meta={"month": "usage_month"}) }}
with
    uses as (
        select *
        from {{ ref("fct_source_uses") }}
        where consent_status = 'unlicensed' and {{ months_in_scope("usage_month") }}
    ),
    routes as (select * from {{ ref("int_rights__route_periods") }}),
    parties_matched as (select * from {{ ref("int_partners__parties_matched") }}),
    nearest as (
        select
            uses.use_id,
            uses.usage_layer,
            uses.side,
            uses.object_id,
            uses.owner_party_id,
            parties_matched.partner_id
        from uses
        inner join
            parties_matched
            on parties_matched.party_id = uses.owner_party_id
            and parties_matched.valid_from <= uses.judged_at
            and coalesce(parties_matched.valid_to, {{ always_to() }}) > uses.judged_at
        qualify
            row_number() over (
                partition by
                    uses.use_id,
                    uses.usage_layer,
                    uses.side,
                    uses.object_id,
                    uses.owner_party_id
                order by parties_matched.depth, parties_matched.partner_id
            )
            = 1
    )
select
    uses.use_id,
    uses.usage_layer,
    uses.generation_id,
    uses.derivative_id,
    uses.usage_month,
    uses.territory,
    uses.product_id,
    uses.tier,
    uses.use_type,
    uses.side,
    uses.object_id,
    uses.owner_party_id,
    cast(
        coalesce(routes.routed_partner_id, nearest.partner_id) as {{ t_str() }}
    ) as partner_id,
    cast(routes.routed_contract_id as {{ t_str() }}) as contract_id,
    cast(coalesce(routes.gap_reason, 'no_route') as {{ t_str() }}) as gap_reason,
    uses.quantity,
    uses.weight_nano,
    uses.judged_at
from uses
left join
    routes
    on routes.owner_party_id = uses.owner_party_id
    and routes.side = uses.side
    and routes.territory = uses.territory
    and routes.product_id = uses.product_id
    and routes.valid_from <= uses.judged_at
    and routes.valid_to > uses.judged_at
left join
    nearest
    on nearest.use_id = uses.use_id
    and nearest.usage_layer = uses.usage_layer
    and nearest.side = uses.side
    and nearest.object_id = uses.object_id
    and nearest.owner_party_id = uses.owner_party_id
