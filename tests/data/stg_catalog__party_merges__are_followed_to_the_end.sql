-- A party was merged into one that was merged again: a chain of more than 65 merges is
-- cut off, and decisions beyond it do not count. Ask the source to merge directly into
-- the last party, or raise the rounds of closed_paths.
select merges.party_id, later.into_party_id
from {{ ref("stg_catalog__party_merges") }} as merges
inner join
    {{ ref("stg_catalog__party_merges") }} as later
    on later.party_id = merges.into_party_id
left join
    {{ ref("stg_catalog__party_merges") }} as known
    on known.party_id = merges.party_id
    and known.into_party_id = later.into_party_id
where known.party_id is null and later.into_party_id <> merges.party_id
