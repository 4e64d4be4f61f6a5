-- A party that is its own parent: the decisions of all parties in the circle count for
-- each other. Ask the source which link is wrong.
{{ config(severity="warn") }}
select distinct party_id
from {{ ref("int_rights__parents_reached") }}
where party_id = parent_party_id
