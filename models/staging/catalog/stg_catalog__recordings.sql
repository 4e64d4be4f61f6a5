-- One row per recording: from the recordings feed, or from ERN if that feed does not
-- have it.
-- An ERN recording is matched to the recordings with its ISRC. Commercial data of the
-- recordings feed take precedence, and so does the AI disclosure of ERN if there is
-- one: what it omits is undeclared, not none. Two recordings with one ISRC are the same
-- recording delivered twice (E65): they keep their ids, routes and owners and share
-- `isrc_group_id`.
with
    delivered as (
        {{
            latest_versions(
                source("raw", "raw_catalog__recordings"),
                ["recording_id"],
                "ownership",
            )
        }}
    ),
    keyed as (
        select *, coalesce('isrc:' || isrc, recording_id) as isrc_group_id
        from delivered
    ),
    ern_recordings as (select * from {{ ref("stg_catalog__ern_recordings") }}),
    known_ids as (
        select isrc_group_id as recording_id
        from keyed
        union
        select recording_id
        from keyed
    ),
    ern_only as (
        select ern_recordings.*
        from ern_recordings
        left join known_ids on known_ids.recording_id = ern_recordings.recording_id
        where known_ids.recording_id is null
    ),
    merged as (
        select
            keyed.recording_id,
            keyed.isrc,
            keyed.isrc_original,
            keyed.title,
            keyed.main_artist_ids,
            keyed.featured_artist_ids,
            keyed.label_party_id,
            keyed.uploader_party_id,
            keyed.upc,
            keyed.released_on,
            keyed.duration_ms,
            ern_recordings.contains_ai,
            coalesce(ern_recordings.ai_vocals, keyed.ai_vocals) as ai_vocals,
            coalesce(
                ern_recordings.ai_instruments, keyed.ai_instruments
            ) as ai_instruments,
            coalesce(
                ern_recordings.ai_composition, keyed.ai_composition
            ) as ai_composition,
            coalesce(ern_recordings.ai_lyrics, keyed.ai_lyrics) as ai_lyrics,
            coalesce(
                ern_recordings.ai_post_production, keyed.ai_post_production
            ) as ai_post_production,
            keyed.ai_detected_score,
            keyed.is_functional_noise,
            ern_recordings.recording_id is not null as is_in_ern,
            keyed.delivered_at,
            keyed.recorded_at,
            keyed.delivery_id
        from keyed
        left join ern_recordings on ern_recordings.recording_id = keyed.isrc_group_id
        union all
        select
            recording_id,
            isrc,
            isrc_original,
            title,
            main_artist_ids,
            featured_artist_ids,
            label_party_id,
            cast(null as {{ t_str() }}) as uploader_party_id,
            upc,
            released_on,
            duration_ms,
            contains_ai,
            ai_vocals,
            ai_instruments,
            ai_composition,
            ai_lyrics,
            ai_post_production,
            cast(null as {{ t_dec(13, 12) }}) as ai_detected_score,
            cast(null as boolean) as is_functional_noise,
            true as is_in_ern,
            cast(null as {{ t_ts() }}) as delivered_at,
            recorded_at,
            delivery_id
        from ern_only
    )
select
    recording_id,
    isrc,
    isrc_original,
    coalesce('isrc:' || isrc, recording_id) as isrc_group_id,
    title,
    main_artist_ids,
    featured_artist_ids,
    label_party_id,
    uploader_party_id,
    upc,
    released_on,
    contains_ai,
    ai_vocals,
    ai_instruments,
    ai_composition,
    ai_lyrics,
    ai_post_production,
    duration_ms,
    ai_detected_score,
    coalesce(is_functional_noise, false) as is_functional_noise,
    is_in_ern,
    delivered_at,
    recorded_at,
    delivery_id
from merged
