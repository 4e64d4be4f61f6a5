-- One row per ERN recording, side, rights controller and territory.
-- Only from the last message that names the recording.
with
    recordings as (select * from {{ ref("stg_catalog__ern_recordings") }}),
    sent as (select * from {{ source("raw", "raw_catalog__ern_rights") }})
select
    recordings.recording_id,
    sent.sender_dpid,
    sent.message_id,
    sent.resource_reference,
    sent.side,
    sent.right_number,
    sent.territory,
    sent.party_reference,
    sent.party_id,
    sent.controller_name,
    sent.roles,
    sent.use_types,
    sent.share_pct,
    sent.is_share_unknown,
    sent.start_date,
    sent.end_date,
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
