-- One row per side, source object and related entity that a decision may name: the
-- object itself, its release, its artists or writers, its label (docs/money.md,
-- "Consent"). A recording is identified by its ISRC (E65), a release by its GTIN. A
-- work with unknown writers has one writer without an id.
with
    used as (
        select distinct side, object_id
        from {{ ref("int_rights__objects_used") }}
        where is_known
    ),
    recordings as (select * from {{ ref("stg_catalog__recordings") }}),
    works as (select * from {{ ref("stg_catalog__works") }}),
    recording_works as (select * from {{ ref("stg_catalog__recording_works") }}),
    used_recordings as (
        select recordings.*
        from used
        inner join recordings on recordings.recording_id = used.object_id
        where used.side = 'MASTER'
    ),
    -- Ended links count too: one writer too many is safe, one too few is not.
    embodied as (
        select distinct
            recording_works.recording_id,
            recording_works.work_id,
            works.writer_party_ids
        from used_recordings
        inner join
            recording_works
            on recording_works.recording_id = used_recordings.recording_id
        left join works on works.work_id = recording_works.work_id
    ),
    writers as (
        select embodied.recording_id, embodied.work_id, writers.item as party_id
        from embodied {{ explode_list("embodied.writer_party_ids", "writers") }}
    )
select
    'MASTER' as side,
    recording_id as object_id,
    'recording' as thing_type,
    isrc_group_id as thing_id
from used_recordings
union
select 'MASTER', recording_id, 'release', {{ gtin("upc") }}
from used_recordings
where upc is not null
union
select 'MASTER', recording_id, 'label', label_party_id
from used_recordings
where label_party_id is not null
union
select 'MASTER', used_recordings.recording_id, 'main_artist', artists.item
from used_recordings {{ explode_list("used_recordings.main_artist_ids", "artists") }}
union
select 'MASTER', used_recordings.recording_id, 'featured_artist', artists.item
from
    used_recordings {{ explode_list("used_recordings.featured_artist_ids", "artists") }}
union
select 'MASTER', recording_id, 'work', work_id
from embodied
union
select 'MASTER', embodied.recording_id, 'writer', writers.party_id
from embodied
left join
    writers
    on writers.recording_id = embodied.recording_id
    and writers.work_id = embodied.work_id
union
select 'WORK', used.object_id, 'work', used.object_id
from used
where used.side = 'WORK'
union
select 'WORK', used.object_id, 'writer', writers.item
from used
inner join
    works on works.work_id = used.object_id
    {{ explode_list("works.writer_party_ids", "writers") }}
where used.side = 'WORK'
