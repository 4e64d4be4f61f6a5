-- One row per owner, party that may speak for it, and stretch of time: the owner itself
-- and its parents by party links, as long as every link of the chain holds, each by
-- every id that it is known to have been merged with (E44).
with
    merged as (select * from {{ ref("int_rights__parties_merged") }}),
    parents as (select * from {{ ref("int_rights__parents_reached") }}),
    owners as (
        select distinct owner_party_id
        from {{ ref("int_rights__segments") }}
        where contract_id is not null
    ),
    speakers as (
        select
            owner_party_id,
            owner_party_id as speaker_party_id,
            {{ always_from() }} as valid_from,
            {{ always_to() }} as valid_to
        from owners
        union
        select
            owners.owner_party_id,
            parents.parent_party_id as speaker_party_id,
            parents.valid_from,
            parents.valid_to
        from owners
        inner join parents on parents.party_id = owners.owner_party_id
    )
select owner_party_id, speaker_party_id, valid_from, valid_to
from speakers
union
select
    speakers.owner_party_id,
    merged.same_party_id as speaker_party_id,
    greatest(speakers.valid_from, merged.merged_at) as valid_from,
    speakers.valid_to
from speakers
inner join merged on merged.party_id = speakers.speaker_party_id
where greatest(speakers.valid_from, merged.merged_at) < speakers.valid_to
