-- One row per party that others were merged into, party that at most 8 merges lead to
-- from there (none leads to itself), and period of time from when that is known.
with
    {{
        edges_of(
            ref("stg_catalog__party_merges_direct"),
            "into_party_id",
            "merged_at",
            always_to(),
        )
    }},
    {{ near_paths() }}
select child_id as party_id, ancestor_id as into_party_id, valid_from, valid_to
from doubled
