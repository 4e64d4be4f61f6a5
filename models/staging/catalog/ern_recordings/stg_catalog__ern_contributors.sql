-- One row per ERN recording, contributor and role.
-- Only from the last message that names the recording.
with
    recordings as (select * from {{ ref("stg_catalog__ern_recordings") }}),
    sent as (select * from {{ source("raw", "raw_catalog__ern_contributors") }})
select
    recordings.recording_id,
    sent.sender_dpid,
    sent.message_id,
    sent.resource_reference,
    sent.contributor_number,
    sent.role_number,
    sent.role,
    sent.ai_groups,
    sent.party_id,
    sent.special_contributor,
    sent.instrument_types,
    sent.ai_contribution,
    sent.effective_ai_contribution,
    sent.sequence_number,
    sent.is_display_artist,
    sent.is_credited,
    sent.has_made_featured_contribution,
    sent.has_made_contracted_contribution,
    sent.territories,
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
