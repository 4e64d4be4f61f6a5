-- One row per work.
with
    works as (select * from {{ ref("stg_catalog__works") }}),
    parties as (select * from {{ ref("dim_parties") }}),
    writers as (
        select
            works.work_id,
            writer.place,
            writer.item as party_id,
            coalesce(parties.party_name, writer.item) as writer_name
        from works {{ explode_list_numbered("works.writer_party_ids", "writer") }}
        left join parties on parties.party_id = writer.item
    ),
    credited as (
        select
            work_id,
            {{ joined_by_place("party_id", "place", "|") }} as writer_party_ids,
            {{ joined_by_place("writer_name", "place", "; ") }} as writer_names
        from writers
        group by all
    ),
    recorded as (
        select work_id, count(distinct recording_id) as recording_count
        from {{ ref("stg_catalog__recording_works") }}
        group by all
    )
select
    cast(works.work_id as {{ t_str() }}) as work_id,
    cast(works.iswc as {{ t_str() }}) as iswc,
    cast(works.title as {{ t_str() }}) as title,
    cast(credited.writer_names as {{ t_str() }}) as writer_names,
    cast(credited.writer_party_ids as {{ t_str() }}) as writer_party_ids,
    cast(coalesce(recorded.recording_count, 0) as {{ t_bigint() }}) as recording_count,
    cast(works.recorded_at as {{ t_ts() }}) as recorded_at
from works
left join credited on credited.work_id = works.work_id
left join recorded on recorded.work_id = works.work_id
