-- One row per recording, work that it embodies, and start of the link.
with
    recording_works as (select * from {{ ref("stg_catalog__recording_works") }}),
    works as (select * from {{ ref("dim_works") }})
select
    cast(recording_works.recording_id as {{ t_str() }}) as recording_id,
    cast(recording_works.work_id as {{ t_str() }}) as work_id,
    cast(recording_works.share as {{ t_dec(13, 12) }}) as share,
    cast(works.iswc as {{ t_str() }}) as iswc,
    cast(works.title as {{ t_str() }}) as work_title,
    cast(works.writer_party_ids as {{ t_str() }}) as writer_party_ids,
    cast(recording_works.valid_from as {{ t_ts() }}) as valid_from,
    cast(recording_works.valid_to as {{ t_ts() }}) as valid_to,
    cast(recording_works.recorded_at as {{ t_ts() }}) as recorded_at
from recording_works
left join works on works.work_id = recording_works.work_id
