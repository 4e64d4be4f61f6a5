-- One row per party: from the parties feed, or from ERN if that feed does not have the
-- id.
with
    delivered as (
        {{
            latest_versions(
                source("raw", "raw_catalog__parties"), ["party_id"], "ownership"
            )
        }}
    ),
    ern_parties as (select * from {{ ref("stg_catalog__ern_parties") }})
select
    party_id,
    kind,
    name,
    country,
    isni,
    ipi,
    dpid,
    merged_into_party_id,
    valid_from,
    valid_to,
    false as is_from_ern,
    recorded_at,
    delivery_id
from delivered
union all
select
    ern_parties.party_id,
    case when ern_parties.is_label then 'label' else 'artist' end as kind,
    coalesce(ern_parties.full_name, ern_parties.party_id) as name,
    cast(null as {{ t_str() }}) as country,
    ern_parties.isni,
    ern_parties.ipi,
    ern_parties.dpid,
    cast(null as {{ t_str() }}) as merged_into_party_id,
    cast(null as {{ t_ts() }}) as valid_from,
    cast(null as {{ t_ts() }}) as valid_to,
    true as is_from_ern,
    ern_parties.recorded_at,
    ern_parties.delivery_id
from ern_parties
left join delivered on delivered.party_id = ern_parties.party_id
where delivered.party_id is null
