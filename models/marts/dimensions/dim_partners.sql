-- One row per partner: a party with a contract or a route, or a party of the kind
-- partner in the catalogue.
with
    parties as (select * from {{ ref("dim_parties") }}),
    contracts as (select * from {{ ref("stg_licensing__contracts") }}),
    routes as (select * from {{ ref("stg_catalog__routes") }}),
    members as (
        select
            parent_party_id as partner_id,
            count(distinct child_party_id) as member_count
        from {{ ref("stg_catalog__party_links") }}
        where role = 'member_of'
        group by all
    ),
    contracted as (
        select partner_id, count(distinct contract_id) as contract_count
        from contracts
        group by all
    ),
    partner_ids as (
        select party_id as partner_id
        from parties
        where party_kind = 'partner'
        union
        select partner_id
        from contracts
        union
        select partner_id
        from routes
    )
select
    cast(partner_ids.partner_id as {{ t_str() }}) as partner_id,
    cast(
        coalesce(parties.party_name, partner_ids.partner_id) as {{ t_str() }}
    ) as partner_name,
    cast(parties.party_kind as {{ t_str() }}) as party_kind,
    cast(parties.country as {{ t_str() }}) as country,
    cast(parties.dpid as {{ t_str() }}) as dpid,
    cast(coalesce(contracted.contract_count, 0) as {{ t_bigint() }}) as contract_count,
    cast(coalesce(members.member_count, 0) as {{ t_bigint() }}) as member_count,
    cast(coalesce(members.member_count, 0) > 0 as boolean) as has_members,
    cast(parties.party_id is not null as boolean) as is_known_party
from partner_ids
left join parties on parties.party_id = partner_ids.partner_id
left join contracted on contracted.partner_id = partner_ids.partner_id
left join members on members.partner_id = partner_ids.partner_id
