-- One row per party that others were merged into, party that at most 8 merges lead to
-- from there (none leads to itself), and period of time from when that is known.
with
    edges as (
        select
            party_id as child_id,
            into_party_id as parent_id,
            merged_at as valid_from,
            {{ always_to() }} as valid_to
        from {{ ref("stg_catalog__party_merges_direct") }}
    ),
    {{ near_paths() }}
select child_id as party_id, ancestor_id as into_party_id, valid_from, valid_to
from doubled
