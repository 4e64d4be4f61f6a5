-- One row per parent, party that it reaches through at most 8 party links (none:
-- itself), and period of time in which every link of a path is valid.
with
    {{ edges_of(ref("int_rights__parents_direct"), "parent_party_id") }},
    {{ near_paths() }}
select child_id as party_id, ancestor_id as parent_party_id, valid_from, valid_to
from doubled
