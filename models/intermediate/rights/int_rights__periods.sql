-- One row per side, object, territory, product, period of time and owner: share,
-- partner, contract and version, or the bucket of the hold.
with
    objects_used as (select * from {{ ref("int_rights__objects_used") }}),
    ownership as (select * from {{ ref("int_rights__ownership_periods") }}),
    routes as (select * from {{ ref("int_rights__route_periods") }}),
    owner_periods as (select * from {{ ref("int_rights__owner_periods") }}),
    regions as (select * from {{ ref("regions") }}),
    owned as (
        select
            objects_used.side,
            objects_used.object_id,
            objects_used.territory,
            objects_used.product_id,
            greatest(
                ownership.valid_from, coalesce(routes.valid_from, ownership.valid_from)
            ) as valid_from,
            least(
                ownership.valid_to, coalesce(routes.valid_to, ownership.valid_to)
            ) as valid_to,
            ownership.owner_party_id,
            ownership.ownership_share,
            routes.partner_id,
            routes.contract_id,
            routes.contract_version,
            case
                when ownership.rights_bucket is not null
                then ownership.rights_bucket
                when routes.contract_id is null
                then 'UNROUTED'
            end as rights_bucket
        from objects_used
        inner join
            ownership
            on ownership.side = objects_used.side
            and ownership.object_id = objects_used.object_id
            and ownership.territory = objects_used.territory
        left join
            routes
            on routes.owner_party_id = ownership.owner_party_id
            and routes.side = objects_used.side
            and routes.territory = objects_used.territory
            and routes.product_id = objects_used.product_id
            and routes.valid_from < ownership.valid_to
            and routes.valid_to > ownership.valid_from
    ),
    since as (
        select
            owned.side,
            owned.object_id,
            owned.territory,
            owned.product_id,
            owned.valid_from,
            owned.owner_party_id,
            max(owner_periods.owner_since) as owner_since
        from owned
        inner join
            owner_periods
            on owner_periods.side = owned.side
            and owner_periods.object_id = owned.object_id
            and owner_periods.owner_party_id = owned.owner_party_id
            and owner_periods.owner_since <= owned.valid_from
        left join
            regions
            on regions.region_code = owner_periods.territory
            and regions.territory = owned.territory
        where
            owner_periods.territory in (owned.territory, 'WW')
            or regions.region_code is not null
        group by all
    )
select
    owned.side,
    owned.object_id,
    owned.territory,
    owned.product_id,
    owned.valid_from,
    owned.valid_to,
    owned.owner_party_id,
    owned.ownership_share,
    owned.partner_id,
    owned.contract_id,
    owned.contract_version,
    owned.rights_bucket,
    since.owner_since
from owned
left join
    since
    on since.side = owned.side
    and since.object_id = owned.object_id
    and since.territory = owned.territory
    and since.product_id = owned.product_id
    and since.valid_from = owned.valid_from
    and since.owner_party_id = owned.owner_party_id
union all
select
    side,
    object_id,
    territory,
    product_id,
    {{ always_from() }} as valid_from,
    {{ always_to() }} as valid_to,
    cast(null as {{ t_str() }}) as owner_party_id,
    cast(1 as {{ t_dec(15, 14) }}) as ownership_share,
    cast(null as {{ t_str() }}) as partner_id,
    cast(null as {{ t_str() }}) as contract_id,
    cast(null as {{ t_bigint() }}) as contract_version,
    'UNMATCHED' as rights_bucket,
    cast(null as {{ t_ts() }}) as owner_since
from objects_used
where not is_known
