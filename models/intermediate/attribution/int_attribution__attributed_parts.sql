-- One row per output, side and attributed source or gap (no source), by the newest
-- attribution version: whole billionths that sum to a billion.
-- A sum within a millionth of 1 is normalised. Below that, the rest is the gap. Above
-- that, which the intake rejects, the whole set counts as a gap (E45, E46).
with
    attributions as (select * from {{ ref("stg_ai_usage__attributions") }}),
    newest as (select * from {{ ref("int_usage__attributions_chosen") }}),
    assessed as (
        select
            newest.*,
            case
                when total > 1000001000000
                then 'refused'
                when total >= 999999000000
                then 'whole'
                else 'short'
            end as coverage
        from newest
    ),
    parts as (
        select
            assessed.derivative_id,
            assessed.side,
            attributions.source_object_id,
            {{ scaled("attributions.weight", 12) }} as weight,
            case
                when assessed.coverage = 'whole'
                then assessed.total
                else {{ pow10(12) }}
            end as whole,
            false as is_refused
        from assessed
        inner join
            attributions
            on attributions.derivative_id = assessed.derivative_id
            and attributions.side = assessed.side
            and attributions.attribution_version = assessed.attribution_version
        where assessed.coverage <> 'refused'
        union all
        select
            derivative_id,
            side,
            cast(null as {{ t_str() }}) as source_object_id,
            {{ pow10(12) }}
            - case when coverage = 'refused' then 0 else total end as weight,
            {{ pow10(12) }} as whole,
            coverage = 'refused' as is_refused
        from assessed
        where coverage <> 'whole'
    ),
    floors as (
        select
            parts.*,
            {{ wide(int_div("weight * " ~ pow10(9), "whole")) }} as floor_nano,
            (weight * {{ pow10(9) }}) % whole as remainder
        from parts
    )
select
    derivative_id as output_id,
    side,
    source_object_id,
    is_refused,
    cast(
        {{
            largest_remainder(
                pow10(9),
                "floor_nano",
                "remainder",
                ["derivative_id", "side"],
                ["coalesce(source_object_id, '')"],
            )
        }} as {{ t_bigint() }}
    ) as weight_nano
from floors
