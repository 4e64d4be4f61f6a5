-- A decision about something that the catalogue does not know covers no use, a refusal
-- neither. Ask who sent it what it means.
{{ config(severity="warn") }} select * from {{ ref("unmatched_decisions") }}
