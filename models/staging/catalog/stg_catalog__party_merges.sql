-- One row per merged party and party into which it was merged, directly or through
-- others, with the instant from which that is known (E44). In a circle of merges,
-- parties reach themselves.
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
