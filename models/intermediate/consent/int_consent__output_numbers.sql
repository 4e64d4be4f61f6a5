-- One row per output, side and root source: the ordinal of the output among those of
-- the source on its day, and the source's weight in it, for the limits of decisions
-- (E41). Every completed output counts, played or not. Days are UTC days, because no
-- feed has a time zone for objects. Recordings with one ISRC are one source (E65).
with
    outputs as (select * from {{ ref("int_attribution__outputs") }}),
    weights as (select * from {{ ref("int_attribution__source_weights") }}),
    recordings as (select * from {{ ref("stg_catalog__recordings") }}),
    sources as (
        select
            outputs.output_id,
            outputs.generated_at,
            weights.side,
            weights.object_id,
            weights.source_weight_nano,
            coalesce(recordings.isrc_group_id, weights.object_id) as counted_id
        from outputs
        inner join weights on weights.output_id = outputs.output_id
        left join
            recordings
            on weights.side = 'MASTER'
            and recordings.recording_id = weights.object_id
        where
            weights.object_id is not null
            and outputs.generated_at is not null
            and outputs.is_countable
    )
select
    output_id,
    side,
    object_id,
    cast(
        sum(source_weight_nano) over (
            partition by output_id, side, counted_id
        ) as {{ t_bigint() }}
    ) as influence_nano,
    dense_rank() over (
        partition by side, counted_id, cast(generated_at as date)
        order by generated_at, output_id
    ) as output_number
from sources
