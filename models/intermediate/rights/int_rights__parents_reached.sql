-- One row per party, parent that it reaches by party links, directly or indirectly, and
-- period in which every link of the path is valid.
with
    {{ edges_of(ref("int_rights__parents_direct"), "parent_party_id") }},
    reached_0 as (
        select
            party_id as child_id, parent_party_id as ancestor_id, valid_from, valid_to
        from {{ ref("int_rights__parents_near") }}
    ),
    {{ closed_paths() }}
select child_id as party_id, ancestor_id as parent_party_id, valid_from, valid_to
from closed
