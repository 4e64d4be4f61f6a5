-- One row per ERN message.
select
    cast(sender_dpid as {{ t_str() }}) as sender_dpid,
    cast(message_id as {{ t_str() }}) as message_id,
    cast(message_type as {{ t_str() }}) as message_type,
    cast(message_thread_id as {{ t_str() }}) as message_thread_id,
    cast(sender_name as {{ t_str() }}) as sender_name,
    cast(sent_on_behalf_of_dpid as {{ t_str() }}) as sent_on_behalf_of_dpid,
    cast({{ join_list("recipient_dpids", "|") }} as {{ t_str() }}) as recipient_dpids,
    cast(version as {{ t_str() }}) as version,
    cast(avs_version as {{ t_str() }}) as avs_version,
    cast(release_profile as {{ t_str() }}) as release_profile,
    cast(release_profile_variant as {{ t_str() }}) as release_profile_variant,
    cast(message_control_type as {{ t_str() }}) as message_control_type,
    cast(update_indicator as {{ t_str() }}) as update_indicator,
    cast(sha256 as {{ t_str() }}) as sha256,
    cast(schema_verdict as {{ t_str() }}) as schema_verdict,
    cast({{ join_list("warnings", "|") }} as {{ t_str() }}) as warnings,
    cast({{ join_list("unread_elements", "|") }} as {{ t_str() }}) as unread_elements,
    cast(unread_element_count as {{ t_bigint() }}) as unread_element_count,
    cast(created_at as {{ t_ts() }}) as created_at,
    cast(recorded_at as {{ t_ts() }}) as recorded_at
from {{ ref("stg_catalog__ern_messages") }}
