-- One row per ERN recording and resource to which it refers, from the last message
-- about the recording.
select
    cast(recording_id as {{ t_str() }}) as recording_id,
    cast(sender_dpid as {{ t_str() }}) as sender_dpid,
    cast(message_id as {{ t_str() }}) as message_id,
    cast(resource_reference as {{ t_str() }}) as resource_reference,
    cast(related_number as {{ t_bigint() }}) as related_number,
    cast(relationship_type as {{ t_str() }}) as relationship_type,
    cast(related_resource_reference as {{ t_str() }}) as related_resource_reference,
    cast(related_recording_id as {{ t_str() }}) as related_recording_id,
    cast(related_isrc as {{ t_str() }}) as related_isrc,
    cast(
        {{ join_list("related_proprietary_ids", "|") }} as {{ t_str() }}
    ) as related_proprietary_ids,
    cast(recorded_at as {{ t_ts() }}) as recorded_at
from {{ ref("stg_catalog__ern_related_recordings") }}
