-- One row per owner, partner it is paid through and usage month: the party of the chain
-- of party links from the owner up that stands directly under the partner (an
-- umbrella's
-- member, a distributor's label). Chains that hold in the month come first, newest
-- first.
with recursive
    links as (
        select
            child_party_id,
            parent_party_id,
            valid_from,
            coalesce(valid_to, {{ always_to() }}) as valid_to
        from {{ ref("stg_catalog__party_links") }}
    ),
    paid as (
        select owner_party_id, partner_id, usage_month
        from {{ ref("int_compensation__line_weights") }}
        where partner_id is not null
        union
        select owner_party_id, partner_id, usage_month
        from {{ ref("int_compensation__training_lines") }}
        union
        select owner_party_id, partner_id, usage_month
        from {{ ref("stg_revaluation__lines") }}
        where partner_id is not null
    ),
    owners as (select distinct owner_party_id, partner_id from paid),
    chains(
        owner_party_id,
        partner_id,
        member_party_id,
        parent_party_id,
        valid_from,
        valid_to,
        depth
    ) as (
        select
            owners.owner_party_id,
            owners.partner_id,
            links.child_party_id as member_party_id,
            links.parent_party_id,
            links.valid_from,
            links.valid_to,
            1 as depth
        from owners
        inner join links on links.child_party_id = owners.owner_party_id
        union all
        select
            chains.owner_party_id,
            chains.partner_id,
            links.child_party_id as member_party_id,
            links.parent_party_id,
            greatest(chains.valid_from, links.valid_from) as valid_from,
            least(chains.valid_to, links.valid_to) as valid_to,
            chains.depth + 1 as depth
        from chains
        inner join links on links.child_party_id = chains.parent_party_id
        where chains.depth < 6 and chains.parent_party_id <> chains.partner_id
    )
select paid.owner_party_id, paid.partner_id, paid.usage_month, chains.member_party_id
from paid
inner join
    chains
    on chains.owner_party_id = paid.owner_party_id
    and chains.partner_id = paid.partner_id
where chains.parent_party_id = chains.partner_id
qualify
    row_number() over (
        partition by paid.owner_party_id, paid.partner_id, paid.usage_month
        order by
            case
                when
                    cast(chains.valid_from as date)
                    < cast(paid.usage_month + interval '1' month as date)
                    and chains.valid_to > cast(paid.usage_month as {{ t_ts() }})
                then 0
                else 1
            end,
            chains.depth,
            chains.valid_from desc,
            chains.member_party_id
    )
    = 1
