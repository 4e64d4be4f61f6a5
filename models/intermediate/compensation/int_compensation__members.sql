-- One row per owner, partner through which it is paid, and usage month: the party
-- directly under the partner in the chain of party links from the owner, of any length
-- (an umbrella's member, a distributor's label). Chains that are valid in the month
-- come first, then the shortest, then the newest. For merged parties the links of every
-- id count, from the time when the merge is known (E44).
with
    links as (
        select
            child_party_id,
            parent_party_id,
            valid_from,
            coalesce(valid_to, {{ always_to() }}) as valid_to
        from {{ ref("stg_catalog__party_links") }}
    ),
    merged as (select * from {{ ref("int_rights__parties_merged") }}),
    reached as (select * from {{ ref("int_rights__parents_reached") }}),
    placed as (select * from {{ ref("int_rights__parents_placed") }}),
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
    -- The parties directly under a partner, and their ids.
    standing as (
        select
            child_party_id as party_id,
            child_party_id as member_party_id,
            parent_party_id as partner_id,
            valid_from,
            valid_to
        from links
        union
        select
            merged.party_id,
            links.child_party_id as member_party_id,
            links.parent_party_id as partner_id,
            greatest(links.valid_from, merged.merged_at) as valid_from,
            links.valid_to
        from links
        inner join merged on merged.same_party_id = links.child_party_id
    ),
    chains as (
        select
            owners.owner_party_id,
            owners.partner_id,
            standing.member_party_id,
            cast(0 as {{ t_bigint() }}) as step_count,
            standing.valid_from,
            standing.valid_to
        from owners
        inner join
            standing
            on standing.party_id = owners.owner_party_id
            and standing.partner_id = owners.partner_id
        union all
        select
            owners.owner_party_id,
            owners.partner_id,
            standing.member_party_id,
            placed.step_count,
            greatest(reached.valid_from, standing.valid_from) as valid_from,
            least(reached.valid_to, standing.valid_to) as valid_to
        from owners
        inner join reached on reached.party_id = owners.owner_party_id
        inner join
            placed
            on placed.party_id = reached.party_id
            and placed.parent_party_id = reached.parent_party_id
        inner join
            standing
            on standing.party_id = reached.parent_party_id
            and standing.partner_id = owners.partner_id
    )
select paid.owner_party_id, paid.partner_id, paid.usage_month, chains.member_party_id
from paid
inner join
    chains
    on chains.owner_party_id = paid.owner_party_id
    and chains.partner_id = paid.partner_id
where chains.valid_from < chains.valid_to
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
            chains.step_count,
            chains.valid_from desc,
            chains.member_party_id
    )
    = 1
