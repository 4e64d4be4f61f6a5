-- One row per owner, party that may speak for it, and stretch of time: the owner itself
-- and its parents by party links, as long as every link of the chain holds.
with recursive
    links as (
        select
            child_party_id,
            parent_party_id,
            valid_from,
            coalesce(valid_to, {{ always_to() }}) as valid_to
        from {{ ref("stg_catalog__party_links") }}
    ),
    owners as (
        select distinct owner_party_id
        from {{ ref("int_rights__segments") }}
        where contract_id is not null
    ),
    chains(owner_party_id, speaker_party_id, valid_from, valid_to, depth) as (
        select
            owner_party_id,
            owner_party_id as speaker_party_id,
            {{ always_from() }} as valid_from,
            {{ always_to() }} as valid_to,
            0 as depth
        from owners
        union all
        select
            chains.owner_party_id,
            links.parent_party_id as speaker_party_id,
            greatest(chains.valid_from, links.valid_from) as valid_from,
            least(chains.valid_to, links.valid_to) as valid_to,
            chains.depth + 1 as depth
        from chains
        inner join links on links.child_party_id = chains.speaker_party_id
        where
            chains.depth < 6
            and greatest(chains.valid_from, links.valid_from)
            < least(chains.valid_to, links.valid_to)
    )
select distinct owner_party_id, speaker_party_id, valid_from, valid_to
from chains
