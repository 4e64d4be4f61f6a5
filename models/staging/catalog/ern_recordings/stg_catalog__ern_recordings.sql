-- One row per recording in ERN messages, as described in the last of them.
-- A new message replaces the older one's data on the recording as a whole.
with
    latest as (
        select *
        from {{ arrived(source("raw", "raw_catalog__ern_recordings")) }} as arrivals
        where known_from <= {{ known_at("ownership") }} and recording_id is not null
        qualify
            row_number() over (
                partition by recording_id
                order by
                    recorded_at desc,
                    sender_dpid,
                    message_id,
                    resource_reference,
                    edition_number
            )
            = 1
    ),
    releases as (select * from {{ source("raw", "raw_catalog__ern_releases") }}),
    placed as (
        select
            latest.recording_id,
            releases.release_reference,
            releases.icpn,
            releases.label_party_ids
        from latest
        inner join
            releases
            on releases.sender_dpid = latest.sender_dpid
            and releases.message_id = latest.message_id
            and releases.recorded_at = latest.recorded_at
            and array_contains(releases.resource_references, latest.resource_reference)
    ),
    products as (select recording_id, min(icpn) as upc from placed group by all),
    labels as (
        select placed.recording_id, min(label.item) as label_party_id
        from placed {{ explode_list("placed.label_party_ids", "label") }}
        group by all
    )
select
    latest.recording_id,
    latest.isrc,
    latest.isrc_original,
    latest.sender_dpid,
    latest.message_id,
    latest.resource_reference,
    latest.edition_number,
    latest.resource_kind,
    latest.recording_type,
    latest.title,
    latest.subtitle,
    latest.display_artist_names,
    latest.main_artist_ids,
    latest.featured_artist_ids,
    labels.label_party_id,
    products.upc,
    latest.iswcs,
    latest.proprietary_ids,
    latest.p_line,
    latest.released_on,
    latest.created_on,
    latest.contains_ai,
    latest.ai_vocals,
    latest.ai_instruments,
    latest.ai_composition,
    latest.ai_lyrics,
    latest.ai_post_production,
    latest.duration_ms,
    latest.is_cover,
    latest.is_instrumental,
    latest.has_vocal_performance,
    latest.recorded_at,
    latest.delivery_id
from latest
left join products on products.recording_id = latest.recording_id
left join labels on labels.recording_id = latest.recording_id
