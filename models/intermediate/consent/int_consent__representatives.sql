-- One row per owner, party that may decide for it, and period of time: the owner itself
-- and its parents by party links, while every link of the chain is valid, each with
-- every id with which it is known to have been merged (E44).
with
    merged as (select * from {{ ref("int_rights__parties_merged") }}),
    parents as (select * from {{ ref("int_rights__parents_reached") }}),
    owners as (
        select distinct owner_party_id
        from {{ ref("int_rights__periods") }}
        where contract_id is not null
    ),
    representatives as (
        select
            owner_party_id,
            owner_party_id as representative_party_id,
            {{ always_from() }} as valid_from,
            {{ always_to() }} as valid_to
        from owners
        union
        select
            owners.owner_party_id,
            parents.parent_party_id as representative_party_id,
            parents.valid_from,
            parents.valid_to
        from owners
        inner join parents on parents.party_id = owners.owner_party_id
    )
select owner_party_id, representative_party_id, valid_from, valid_to
from representatives
union
select
    representatives.owner_party_id,
    merged.same_party_id as representative_party_id,
    greatest(representatives.valid_from, merged.merged_at) as valid_from,
    representatives.valid_to
from representatives
inner join merged on merged.party_id = representatives.representative_party_id
where greatest(representatives.valid_from, merged.merged_at) < representatives.valid_to
