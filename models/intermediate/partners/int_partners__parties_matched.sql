-- One row per party, partner that it reaches, and route (or kind) by which it does.
-- Depth 0 is the party itself, 1 its parents, and so on: the nearest wins.
with
    parties as (select * from {{ ref("stg_catalog__parties") }}),
    party_aliases as (select * from {{ ref("stg_catalog__party_aliases") }}),
    party_links as (select * from {{ ref("stg_catalog__party_links") }}),
    routes as (select * from {{ ref("stg_catalog__routes") }}),
    family_0 as (
        select
            party_id,
            party_id as ancestor_party_id,
            {{ always_from() }} as valid_from,
            cast(null as {{ t_ts() }}) as valid_to
        from parties
        union
        select
            party_id,
            canonical_party_id as ancestor_party_id,
            {{ always_from() }} as valid_from,
            cast(null as {{ t_ts() }}) as valid_to
        from party_aliases
    ),
    -- Artist, label, division, group: four steps up reach every partner.
    {%- for depth in range(1, 5) %}
        family_{{ depth }} as (
            select distinct
                family.party_id,
                party_links.parent_party_id as ancestor_party_id,
                greatest(family.valid_from, party_links.valid_from) as valid_from,
                least(family.valid_to, party_links.valid_to) as valid_to
            from family_{{ depth - 1 }} as family
            inner join
                party_links
                on party_links.child_party_id = family.ancestor_party_id
                and party_links.valid_from
                < coalesce(family.valid_to, {{ always_to() }})
                and coalesce(party_links.valid_to, {{ always_to() }})
                > family.valid_from
            where party_links.parent_party_id <> family.party_id
        ),
    {%- endfor %}
    families as (
        {%- for depth in range(0, 5) %}
            select *, {{ depth }} as depth
            from family_{{ depth }}
            {% if not loop.last %}
                union all
            {% endif %}
        {%- endfor %}
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
