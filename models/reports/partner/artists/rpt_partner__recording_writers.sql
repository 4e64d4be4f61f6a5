-- One row per partner, report month, recording that a use has earned money for in it,
-- work on the recording in that month, and writer of the work.
with
    lines as (select * from {{ ref("fct_compensation_lines") }}),
    recording_works as (select * from {{ ref("dim_recording_works") }}),
    parties as (select * from {{ ref("dim_parties") }}),
    recordings as (
        select distinct partner_id, report_month, object_id as recording_id
        from lines
        where
            partner_id is not null
            and object_id is not null
            and side = 'MASTER'
            and line_type = 'USAGE'
    ),
    embodied as (
        select distinct
            recordings.partner_id,
            recordings.report_month,
            recordings.recording_id,
            recording_works.work_id,
            recording_works.iswc,
            recording_works.work_title,
            recording_works.writer_party_ids
        from recordings
        inner join
            recording_works on recording_works.recording_id = recordings.recording_id
        {#- Of a link without dates nothing is known but that it is one. #}
        where
            (
                recording_works.valid_from is null
                or recording_works.valid_from
                < {{ months_after("recordings.report_month", 1) }}
            )
            and (
                recording_works.valid_to is null
                or recording_works.valid_to > recordings.report_month
            )
    ),
    writers as (
        select
            embodied.partner_id,
            embodied.report_month,
            embodied.recording_id,
            embodied.work_id,
            writer.item as party_id,
            writer.place
        from
            embodied
            {{
                explode_list_numbered(
                    split_list("embodied.writer_party_ids", "|"), "writer"
                )
            }}
    )
select
    cast(embodied.partner_id as {{ t_str() }}) as partner_id,
    cast(embodied.report_month as date) as report_month,
    cast(embodied.recording_id as {{ t_str() }}) as recording_id,
    cast(embodied.work_id as {{ t_str() }}) as work_id,
    cast(embodied.iswc as {{ t_str() }}) as iswc,
    cast(embodied.work_title as {{ t_str() }}) as work_title,
    cast(
        row_number() over (
            partition by
                embodied.partner_id,
                embodied.report_month,
                embodied.recording_id,
                embodied.work_id
            order by writers.place
        ) as {{ t_bigint() }}
    ) as place,
    cast(writers.party_id as {{ t_str() }}) as party_id,
    cast(coalesce(parties.party_name, writers.party_id) as {{ t_str() }}) as writer_name
from embodied
left join
    writers
    on writers.partner_id = embodied.partner_id
    and writers.report_month = embodied.report_month
    and writers.recording_id = embodied.recording_id
    and writers.work_id = embodied.work_id
left join parties on parties.party_id = writers.party_id
