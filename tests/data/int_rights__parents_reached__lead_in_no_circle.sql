-- A party that stands above itself: its decisions and those of all in the circle hold
-- for each other. Ask the source which link is wrong.
{{ config(severity="warn") }}
select distinct party_id
from {{ ref("int_rights__parents_reached") }}
where party_id = parent_party_id
