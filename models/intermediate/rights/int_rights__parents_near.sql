-- One row per party that is a parent, party that at most 8 party links lead to from
-- there (none leads to itself), and period of time in which every link of a way holds.
with
    {{ edges_of(ref("int_rights__parents_direct"), "parent_party_id") }},
    {{ near_paths() }}
select child_id as party_id, ancestor_id as parent_party_id, valid_from, valid_to
from doubled
