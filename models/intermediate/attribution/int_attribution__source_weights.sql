-- One row per output, side and root source, and one or two for the gap (no object): the
-- part to be held, and the part that the product leaves to the service. Whole
-- billionths that sum to a billion. A parent that is itself a derivative passes its own
-- weights on, multiplied (E52); a weight below the product's floor is added to the gap
-- (E47).
with
    outputs as (select * from {{ ref("int_attribution__outputs") }}),
    paths as (select * from {{ ref("int_attribution__paths") }}),
    roots as (
        select output_id, side, object_id, sum(weight) as weight
        from paths
        where not is_open and object_id is not null
        group by all
    ),
    -- The unattributed part is held, by its own weight; only the part that attribution
    -- left open, or that the floor dropped, can go to the service.
    held as (
        select output_id, side, sum(weight) as weight
        from paths
        where must_hold or (is_open and depth = 16)
        group by all
    ),
    kept as (
        select roots.output_id, roots.side, roots.object_id, roots.weight
        from roots
        inner join outputs on outputs.output_id = roots.output_id
        where
            roots.weight
            >= {{ scaled("coalesce(outputs.weight_floor, 0)", 12) }} * {{ pow10(24) }}
    ),
    with_gap as (
        select output_id, side, object_id, weight
        from kept
        union all
        select
            outputs_and_sides.output_id,
            outputs_and_sides.side,
            cast(null as {{ t_str() }}) as object_id,
            {{ pow10(36) }} - coalesce(sums.weight, 0) as weight
        from (select distinct output_id, side from paths) as outputs_and_sides
        left join
            (
                select output_id, side, sum(weight) as weight from kept group by all
            ) as sums
            on sums.output_id = outputs_and_sides.output_id
            and sums.side = outputs_and_sides.side
    ),
    floors as (
        select
            with_gap.*,
            {{ wide(int_div("weight", pow10(27))) }} as floor_nano,
            weight % {{ pow10(27) }} as remainder
        from with_gap
    ),
    rounded as (
        select
            output_id,
            side,
            object_id,
            weight,
            {{
                largest_remainder(
                    pow10(9),
                    "floor_nano",
                    "remainder",
                    ["output_id", "side"],
                    ["coalesce(object_id, '')"],
                )
            }} as source_weight_nano
        from floors
    ),
    -- The gap is rounded as one part, and then split in two by largest remainder.
    gaps as (
        select
            rounded.output_id,
            rounded.side,
            rounded.source_weight_nano,
            least(
                case
                    when outputs.remainder_rule = 'service'
                    then coalesce(held.weight, {{ wide("0") }})
                    else rounded.weight
                end,
                rounded.weight
            ) as held_weight,
            rounded.weight
        from rounded
        inner join outputs on outputs.output_id = rounded.output_id
        left join
            held on held.output_id = rounded.output_id and held.side = rounded.side
        where rounded.object_id is null
    ),
    gap_parts as (
        select
            output_id,
            side,
            source_weight_nano,
            false as is_left_to_service,
            {{ wide(int_div("held_weight", pow10(27))) }} as floor_nano,
            held_weight % {{ pow10(27) }} as remainder
        from gaps
        union all
        select
            output_id,
            side,
            source_weight_nano,
            true as is_left_to_service,
            {{ wide(int_div("weight - held_weight", pow10(27))) }} as floor_nano,
            (weight - held_weight) % {{ pow10(27) }} as remainder
        from gaps
        where held_weight < weight
    ),
    gaps_rounded as (
        select
            output_id,
            side,
            is_left_to_service,
            {{
                largest_remainder(
                    "source_weight_nano",
                    "floor_nano",
                    "remainder",
                    ["output_id", "side"],
                    ["case when is_left_to_service then 1 else 0 end"],
                )
            }} as source_weight_nano
        from gap_parts
    )
select
    output_id,
    side,
    object_id,
    cast(source_weight_nano as {{ t_bigint() }}) as source_weight_nano,
    false as is_left_to_service
from rounded
where object_id is not null and source_weight_nano > 0
union all
select
    output_id,
    side,
    cast(null as {{ t_str() }}) as object_id,
    cast(source_weight_nano as {{ t_bigint() }}) as source_weight_nano,
    is_left_to_service
from gaps_rounded
where source_weight_nano > 0
union all
-- A model's training objects are their own sources.
select
    output_id,
    side,
    object_id,
    cast(1000000000 as {{ t_bigint() }}) as source_weight_nano,
    false as is_left_to_service
from {{ ref("int_usage__training_uses") }}
