-- One row per party, parent according to a party link, and period of time in which the
-- link is valid. For merged parties the parents of every id count, from the time when
-- the merge is known (E44).
with
    merged as (select * from {{ ref("int_rights__parties_merged") }}),
    links as (
        select
            child_party_id as child_id,
            parent_party_id as parent_id,
            valid_from,
            coalesce(valid_to, {{ always_to() }}) as valid_to
        from {{ ref("stg_catalog__party_links") }}
    )
select child_id as party_id, parent_id as parent_party_id, valid_from, valid_to
from links
where valid_from < valid_to
union
select
    merged.party_id,
    links.parent_id as parent_party_id,
    greatest(links.valid_from, merged.merged_at) as valid_from,
    links.valid_to
from links
inner join merged on merged.same_party_id = links.child_id
where greatest(links.valid_from, merged.merged_at) < links.valid_to
