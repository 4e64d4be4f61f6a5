-- One row per recording or work, party on it, and capacity in which the party decides.
with
    recordings as (select * from {{ ref("stg_catalog__recordings") }}),
    works as (select * from {{ ref("stg_catalog__works") }}),
    listed as (
        select
            'recording' as object_type,
            recordings.recording_id as object_id,
            main_artists.item as party_id,
            'artist' as voice
        from recordings {{ explode_list("recordings.main_artist_ids", "main_artists") }}
        union all
        select
            'recording' as object_type,
            recordings.recording_id as object_id,
            featured_artists.item as party_id,
            'featured_artist' as voice
        from
            recordings
            {{ explode_list("recordings.featured_artist_ids", "featured_artists") }}
        union all
        select
            'work' as object_type,
            works.work_id as object_id,
            writers.item as party_id,
            'writer' as voice
        from works {{ explode_list("works.writer_party_ids", "writers") }}
    )
select distinct object_type, object_id, party_id, voice
from listed
