-- One row per ERN message, deal, and combination of the deal's territories, commercial
-- models, use types and periods.
select
    cast(sender_dpid as {{ t_str() }}) as sender_dpid,
    cast(message_id as {{ t_str() }}) as message_id,
    cast(deal_number as {{ t_bigint() }}) as deal_number,
    cast(row_number as {{ t_bigint() }}) as row_number,
    cast(deal_reference as {{ t_str() }}) as deal_reference,
    cast(
        {{ join_list("release_references", "|") }} as {{ t_str() }}
    ) as release_references,
    cast(territory as {{ t_str() }}) as territory,
    cast(
        {{ join_list("excluded_territories", "|") }} as {{ t_str() }}
    ) as excluded_territories,
    cast(commercial_model as {{ t_str() }}) as commercial_model,
    cast(use_type as {{ t_str() }}) as use_type,
    cast(rights_claim_policy as {{ t_str() }}) as rights_claim_policy,
    cast(price_code as {{ t_str() }}) as price_code,
    cast(start_date as date) as start_date,
    cast(end_date as date) as end_date,
    cast(start_at as {{ t_ts() }}) as start_at,
    cast(end_at as {{ t_ts() }}) as end_at,
    cast(coalesce(is_pre_order, false) as boolean) as is_pre_order,
    cast(coalesce(is_takedown, false) as boolean) as is_takedown,
    cast(recorded_at as {{ t_ts() }}) as recorded_at
from {{ ref("stg_catalog__ern_deals") }}
