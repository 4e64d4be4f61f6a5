-- Parties that were merged into each other in a circle: each keeps its name, and their
-- decisions count for each other. Ask the source which party remains.
{{ config(severity="warn") }}
select merges.party_id, merges.into_party_id
from {{ ref("stg_catalog__party_merges") }} as merges
inner join
    {{ ref("stg_catalog__party_merges") }} as back
    on back.party_id = merges.into_party_id
    and back.into_party_id = merges.party_id
