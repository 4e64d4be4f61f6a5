-- One row per party into which others were merged, party that it reaches through at
-- most 8 merges (none: itself), and period of time from when that is known.
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
