-- One row per ERN recording and resource to which it refers.
-- Only from the last message that names the recording.
with
    recordings as (select * from {{ ref("stg_catalog__ern_recordings") }}),
    sent as (select * from {{ source("raw", "raw_catalog__ern_related_recordings") }})
select
    recordings.recording_id,
    sent.sender_dpid,
    sent.message_id,
    sent.resource_reference,
    sent.related_number,
    sent.relationship_type,
    sent.related_resource_reference,
    sent.related_recording_id,
    sent.related_isrc,
    sent.related_proprietary_ids,
    recordings.recorded_at,
    sent.delivery_id
from recordings
inner join
    sent
    on sent.recording_id = recordings.recording_id
    and sent.sender_dpid = recordings.sender_dpid
    and sent.message_id = recordings.message_id
    and sent.resource_reference = recordings.resource_reference
    and sent.recorded_at = recordings.recorded_at
