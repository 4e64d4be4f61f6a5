-- One row per ERN recording, side, right and territory, from the last message about the
-- recording.
select
    cast(recording_id as {{ t_str() }}) as recording_id,
    cast(sender_dpid as {{ t_str() }}) as sender_dpid,
    cast(message_id as {{ t_str() }}) as message_id,
    cast(resource_reference as {{ t_str() }}) as resource_reference,
    cast(side as {{ t_str() }}) as side,
    cast(right_number as {{ t_bigint() }}) as right_number,
    cast(territory as {{ t_str() }}) as territory,
    cast(party_id as {{ t_str() }}) as party_id,
    cast({{ join_list("roles", "|") }} as {{ t_str() }}) as roles,
    cast({{ join_list("use_types", "|") }} as {{ t_str() }}) as use_types,
    cast(share_pct as {{ t_dec(15, 12) }}) as share_pct,
    cast(coalesce(is_share_unknown, false) as boolean) as is_share_unknown,
    cast(start_date as date) as start_date,
    cast(end_date as date) as end_date,
    cast(recorded_at as {{ t_ts() }}) as recorded_at
from {{ ref("stg_catalog__ern_rights") }}
