-- One row per model version, side, object and owner used for training: the contract
-- that covers it or the reason why there is none, and its parties' decision.
with
    inclusions as (select * from {{ ref("int_usage__training_uses") }}),
    statuses as (
        select *
        from {{ ref("int_consent__generation_statuses") }}
        where basis = 'training'
    ),
    routes as (select * from {{ ref("int_rights__route_periods") }})
select
    cast(inclusions.model_version as {{ t_str() }}) as model_version,
    cast(inclusions.side as {{ t_str() }}) as side,
    cast(inclusions.object_id as {{ t_str() }}) as object_id,
    cast(statuses.owner_party_id as {{ t_str() }}) as owner_party_id,
    cast(inclusions.product_id as {{ t_str() }}) as product_id,
    cast(
        coalesce(statuses.partner_id, routes.routed_partner_id) as {{ t_str() }}
    ) as partner_id,
    cast(statuses.contract_id as {{ t_str() }}) as contract_id,
    cast(statuses.contract_version as {{ t_bigint() }}) as contract_version,
    cast(
        coalesce(
            statuses.consent_status,
            case
                when coalesce(statuses.rights_bucket, '') <> 'DISPUTE' then 'unlicensed'
            end
        ) as {{ t_str() }}
    ) as consent_status,
    cast(statuses.denied_by as {{ t_str() }}) as consent_denied_by,
    cast(
        case
            when statuses.contract_id is null
            then coalesce(routes.gap_reason, lower(statuses.rights_bucket), 'no_route')
        end as {{ t_str() }}
    ) as gap_reason,
    cast(statuses.ownership_share as {{ t_dec(15, 14) }}) as ownership_share,
    cast(statuses.contract_id is not null as boolean) as is_licensed,
    cast(inclusions.included_at as {{ t_ts() }}) as included_at
from inclusions
left join
    statuses
    on statuses.output_id = inclusions.output_id
    and statuses.valid_from <= inclusions.included_at
    and statuses.valid_to > inclusions.included_at
left join
    routes
    on routes.owner_party_id = statuses.owner_party_id
    and routes.side = inclusions.side
    and routes.territory = 'WW'
    and routes.product_id = inclusions.product_id
    and routes.valid_from <= inclusions.included_at
    and routes.valid_to > inclusions.included_at
