-- One row per generated thing, side and root source: the how-manieth output of that
-- source it was on its day, and how much of it that source is, for the limits of
-- decisions (E41). Every completed output counts, played or not. Days are UTC days,
-- since no feed tells an object's own zone. Recordings with one ISRC are one source
-- (E65).
with
    attribution_keys as (select * from {{ ref("int_attribution__keys") }}),
    weights as (select * from {{ ref("int_attribution__source_weights") }}),
    recordings as (select * from {{ ref("stg_catalog__recordings") }}),
    sources as (
        select
            attribution_keys.attribution_key,
            attribution_keys.generated_at,
            weights.side,
            weights.object_id,
            weights.source_weight_nano,
            coalesce(recordings.isrc_group_id, weights.object_id) as counted_id
        from attribution_keys
        inner join weights on weights.attribution_key = attribution_keys.attribution_key
        left join
            recordings
            on weights.side = 'MASTER'
            and recordings.recording_id = weights.object_id
        where
            weights.object_id is not null
            and attribution_keys.generated_at is not null
            and attribution_keys.is_countable
    )
select
    attribution_key,
    side,
    object_id,
    cast(
        sum(source_weight_nano) over (
            partition by attribution_key, side, counted_id
        ) as {{ t_bigint() }}
    ) as influence_nano,
    dense_rank() over (
        partition by side, counted_id, cast(generated_at as date)
        order by generated_at, attribution_key
    ) as output_number
from sources
