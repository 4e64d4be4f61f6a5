-- Parties that were merged into each other: nobody is left of them, so each keeps its
-- name, while their decisions speak for each other. Ask the source which one stays.
{{ config(severity="warn") }}
select merges.party_id, merges.into_party_id
from {{ ref("stg_catalog__party_merges") }} as merges
inner join
    {{ ref("stg_catalog__party_merges") }} as back
    on back.party_id = merges.into_party_id
    and back.into_party_id = merges.party_id
