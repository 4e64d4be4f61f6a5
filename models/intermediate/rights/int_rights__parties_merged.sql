-- One row per pair of merged parties, with the instant from which the merge is known
-- (E44). Two parties are the same from the time when both are known to have been merged
-- into one of them, or into a third.
with
    merges as (select * from {{ ref("stg_catalog__party_merges") }}),
    reached as (
        select party_id, into_party_id, merged_at
        from merges
        union
        select
        into_party_id as party_id,
        into_party_id,
        {{ always_from() }} as merged_at
        from merges
        union
        select party_id, party_id as into_party_id, {{ always_from() }} as merged_at
        from merges
    )
select
    reached.party_id,
    others.party_id as same_party_id,
    min(greatest(reached.merged_at, others.merged_at)) as merged_at
from reached
inner join reached as others on others.into_party_id = reached.into_party_id
where reached.party_id <> others.party_id
group by all
