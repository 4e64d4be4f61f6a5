-- A decision or a refusal about an object that is not in the catalogue covers no use.
-- Ask the sender which object is meant.
{{ config(severity="warn") }} select * from {{ ref("unmatched_decisions") }}
