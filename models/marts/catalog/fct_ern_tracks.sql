-- One row per ERN message, release, track of the release and recording of the track.
with
    releases as (select * from {{ ref("stg_catalog__ern_releases") }}),
    recordings as (select * from {{ ref("stg_catalog__ern_recordings") }}),
    tracks as (
        select
            releases.sender_dpid,
            releases.message_id,
            releases.release_reference,
            row_number() over (
                partition by
                    releases.sender_dpid,
                    releases.message_id,
                    releases.release_reference
                order by track.place
            ) as track_number,
            track.item as resource_reference,
            releases.recorded_at
        from
            releases {{ explode_list_numbered("releases.resource_references", "track") }}
    )
select
    cast(tracks.sender_dpid as {{ t_str() }}) as sender_dpid,
    cast(tracks.message_id as {{ t_str() }}) as message_id,
    cast(tracks.release_reference as {{ t_str() }}) as release_reference,
    cast(tracks.track_number as {{ t_bigint() }}) as track_number,
    cast(tracks.resource_reference as {{ t_str() }}) as resource_reference,
    cast(recordings.recording_id as {{ t_str() }}) as recording_id,
    cast(tracks.recorded_at as {{ t_ts() }}) as recorded_at
from tracks
left join
    recordings
    on recordings.sender_dpid = tracks.sender_dpid
    and recordings.message_id = tracks.message_id
    and recordings.resource_reference = tracks.resource_reference
