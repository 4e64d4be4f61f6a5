-- One row per party, partner that it reaches, and route (or kind) by which it does.
-- Depth 0 is the party itself, 1 its parents, and so on, without a limit; the nearest
-- is used.
with
    parties as (select * from {{ ref("stg_catalog__parties") }}),
    party_aliases as (select * from {{ ref("stg_catalog__party_aliases") }}),
    reached as (select * from {{ ref("int_rights__parents_reached") }}),
    placed as (select * from {{ ref("int_rights__parents_placed") }}),
    routes as (select * from {{ ref("stg_catalog__routes") }}),
    themselves as (
        select party_id, party_id as same_party_id
        from parties
        union
        select party_id, canonical_party_id as same_party_id
        from party_aliases
    ),
    families as (
        select
            party_id,
            same_party_id as ancestor_party_id,
            cast(0 as {{ t_bigint() }}) as depth,
            {{ always_from() }} as valid_from,
            cast(null as {{ t_ts() }}) as valid_to
        from themselves
        union all
        select
            themselves.party_id,
            reached.parent_party_id as ancestor_party_id,
            placed.step_count as depth,
            reached.valid_from,
            nullif(reached.valid_to, {{ always_to() }}) as valid_to
        from themselves
        inner join reached on reached.party_id = themselves.same_party_id
        inner join
            placed
            on placed.party_id = reached.party_id
            and placed.parent_party_id = reached.parent_party_id
        where reached.parent_party_id <> themselves.party_id
    ),
    matched as (
        select
            families.party_id,
            routes.partner_id,
            families.depth,
            'route' as match_basis,
            routes.side,
            routes.territory,
            routes.product_id,
            greatest(families.valid_from, routes.valid_from) as valid_from,
            least(families.valid_to, routes.valid_to) as valid_to
        from families
        inner join
            routes
            on routes.party_id = families.ancestor_party_id
            and routes.valid_from < coalesce(families.valid_to, {{ always_to() }})
            and coalesce(routes.valid_to, {{ always_to() }}) > families.valid_from
        union all
        select
            families.party_id,
            families.ancestor_party_id as partner_id,
            families.depth,
            'family' as match_basis,
            cast(null as {{ t_str() }}) as side,
            'WW' as territory,
            '*' as product_id,
            families.valid_from,
            families.valid_to
        from families
        inner join
            parties
            on parties.party_id = families.ancestor_party_id
            and parties.kind = 'partner'
    )
select
    party_id,
    partner_id,
    cast(min(depth) as {{ t_bigint() }}) as depth,
    match_basis,
    side,
    territory,
    product_id,
    valid_from,
    valid_to
from matched
group by all
