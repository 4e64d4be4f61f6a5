-- One row per owner and partner it is paid through: the party of the chain of party
-- links from the owner up that stands directly under the partner (an umbrella's member,
-- a distributor's label). The newest chain counts.
with recursive
    links as (
        select child_party_id, parent_party_id, valid_from
        from {{ ref("stg_catalog__party_links") }}
    ),
    paid as (
        select distinct owner_party_id, partner_id
        from {{ ref("int_compensation__line_weights") }}
        where partner_id is not null
    ),
    chains(
        owner_party_id,
        partner_id,
        member_party_id,
        parent_party_id,
        valid_from,
        depth
    ) as (
        select
            paid.owner_party_id,
            paid.partner_id,
            links.child_party_id as member_party_id,
            links.parent_party_id,
            links.valid_from,
            1 as depth
        from paid
        inner join links on links.child_party_id = paid.owner_party_id
        union all
        select
            chains.owner_party_id,
            chains.partner_id,
            links.child_party_id as member_party_id,
            links.parent_party_id,
            links.valid_from,
            chains.depth + 1 as depth
        from chains
        inner join links on links.child_party_id = chains.parent_party_id
        where chains.depth < 6 and chains.parent_party_id <> chains.partner_id
    )
select owner_party_id, partner_id, member_party_id
from chains
where parent_party_id = partner_id
qualify
    row_number() over (
        partition by owner_party_id, partner_id
        order by depth, valid_from desc, member_party_id
    )
    = 1
