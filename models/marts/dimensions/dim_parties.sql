-- One row per party: those who make, own, distribute or upload music, and payees.
with
    parties as (select * from {{ ref("stg_catalog__parties") }}),
    party_aliases as (select * from {{ ref("stg_catalog__party_aliases") }})
select
    cast(parties.party_id as {{ t_str() }}) as party_id,
    cast(party_aliases.canonical_party_id as {{ t_str() }}) as canonical_party_id,
    cast(parties.name as {{ t_str() }}) as party_name,
    cast(
        coalesce(canonical_parties.name, parties.name) as {{ t_str() }}
    ) as canonical_party_name,
    cast(parties.kind as {{ t_str() }}) as party_kind,
    cast(parties.country as {{ t_str() }}) as country,
    cast(parties.isni as {{ t_str() }}) as isni,
    cast(parties.ipi as {{ t_str() }}) as ipi,
    cast(parties.dpid as {{ t_str() }}) as dpid,
    cast(party_aliases.is_merged as boolean) as is_merged,
    cast(parties.is_from_ern as boolean) as is_from_ern,
    cast(party_aliases.merged_at as {{ t_ts() }}) as merged_at,
    cast(parties.valid_from as {{ t_ts() }}) as valid_from,
    cast(parties.valid_to as {{ t_ts() }}) as valid_to,
    cast(parties.recorded_at as {{ t_ts() }}) as recorded_at
from parties
inner join party_aliases on party_aliases.party_id = parties.party_id
left join
    parties as canonical_parties
    on canonical_parties.party_id = party_aliases.canonical_party_id
