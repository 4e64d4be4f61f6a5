-- One row per party that was merged and party that it was merged into, directly or
-- through others, with the instant from which that is known (E44). A circle of merges
-- reaches its own parties.
with
    {{
        edges_of(
            ref("stg_catalog__party_merges_direct"),
            "into_party_id",
            "merged_at",
            always_to(),
        )
    }},
    reached_0 as (
        select party_id as child_id, into_party_id as ancestor_id, valid_from, valid_to
        from {{ ref("stg_catalog__party_merges_near") }}
    ),
    {{ closed_paths() }}
select child_id as party_id, ancestor_id as into_party_id, min(valid_from) as merged_at
from closed
where child_id <> ancestor_id
group by all
