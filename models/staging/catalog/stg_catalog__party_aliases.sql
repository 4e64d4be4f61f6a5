-- One row per party: the present party after merges, and since when that is known
-- (E44). A merge may lead to a party that was merged again. Parties in a circle of
-- merges keep their own ids.
with
    parties as (select * from {{ ref("stg_catalog__parties") }}),
    merges as (select * from {{ ref("stg_catalog__party_merges") }}),
    survivors as (
        select merges.party_id, merges.into_party_id, merges.merged_at
        from merges
        left join
            (select distinct party_id from merges) as merged_again
            on merged_again.party_id = merges.into_party_id
        where merged_again.party_id is null
    )
select
    parties.party_id,
    coalesce(survivors.into_party_id, parties.party_id) as canonical_party_id,
    survivors.into_party_id is not null as is_merged,
    survivors.merged_at
from parties
left join survivors on survivors.party_id = parties.party_id
