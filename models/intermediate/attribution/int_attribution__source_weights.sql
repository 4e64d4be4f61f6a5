-- One row per generated thing, side and root source, and one or two for the gap (no
-- object): what has to be held, and what the product leaves to the service. Whole
-- billionths that sum to a billion. A parent that is itself a derivative passes its
-- own weights on, multiplied (E52); a weight under the product's floor falls into the
-- gap (E47).
with
    attribution_keys as (select * from {{ ref("int_attribution__keys") }}),
    paths as (select * from {{ ref("int_attribution__paths") }}),
    roots as (
        select attribution_key, side, object_id, sum(weight) as weight
        from paths
        where not is_open and object_id is not null
        group by all
    ),
    -- What nobody could attribute is held, by its own weight; only what attribution
    -- itself left open, or the floor dropped, can be the service's.
    held as (
        select attribution_key, side, sum(weight) as weight
        from paths
        where must_hold or (is_open and depth = 16)
        group by all
    ),
    kept as (
        select roots.attribution_key, roots.side, roots.object_id, roots.weight
        from roots
        inner join
            attribution_keys on attribution_keys.attribution_key = roots.attribution_key
        where
            roots.weight
            >= {{ scaled("coalesce(attribution_keys.weight_floor, 0)", 12) }}
            * {{ pow10(24) }}
    ),
    with_gap as (
        select attribution_key, side, object_id, weight
        from kept
        union all
        select
            keys_and_sides.attribution_key,
            keys_and_sides.side,
            cast(null as {{ t_str() }}) as object_id,
            {{ pow10(36) }} - coalesce(sums.weight, 0) as weight
        from (select distinct attribution_key, side from paths) as keys_and_sides
        left join
            (
                select attribution_key, side, sum(weight) as weight
                from kept
                group by all
            ) as sums
            on sums.attribution_key = keys_and_sides.attribution_key
            and sums.side = keys_and_sides.side
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
            attribution_key,
            side,
            object_id,
            weight,
            {{
                largest_remainder(
                    pow10(9),
                    "floor_nano",
                    "remainder",
                    ["attribution_key", "side"],
                    ["coalesce(object_id, '')"],
                )
            }} as source_weight_nano
        from floors
    ),
    -- The gap is rounded as one part; its own two parts again by largest remainder.
    gaps as (
        select
            rounded.attribution_key,
            rounded.side,
            rounded.source_weight_nano,
            least(
                case
                    when attribution_keys.remainder_rule = 'service'
                    then coalesce(held.weight, {{ wide("0") }})
                    else rounded.weight
                end,
                rounded.weight
            ) as held_weight,
            rounded.weight
        from rounded
        inner join
            attribution_keys
            on attribution_keys.attribution_key = rounded.attribution_key
        left join
            held
            on held.attribution_key = rounded.attribution_key
            and held.side = rounded.side
        where rounded.object_id is null
    ),
    gap_parts as (
        select
            attribution_key,
            side,
            source_weight_nano,
            false as is_left_to_service,
            {{ wide(int_div("held_weight", pow10(27))) }} as floor_nano,
            held_weight % {{ pow10(27) }} as remainder
        from gaps
        union all
        select
            attribution_key,
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
            attribution_key,
            side,
            is_left_to_service,
            {{
                largest_remainder(
                    "source_weight_nano",
                    "floor_nano",
                    "remainder",
                    ["attribution_key", "side"],
                    ["case when is_left_to_service then 1 else 0 end"],
                )
            }} as source_weight_nano
        from gap_parts
    )
select
    attribution_key,
    side,
    object_id,
    cast(source_weight_nano as {{ t_bigint() }}) as source_weight_nano,
    false as is_left_to_service
from rounded
where object_id is not null and source_weight_nano > 0
union all
select
    attribution_key,
    side,
    cast(null as {{ t_str() }}) as object_id,
    cast(source_weight_nano as {{ t_bigint() }}) as source_weight_nano,
    is_left_to_service
from gaps_rounded
where source_weight_nano > 0
union all
-- What a model was trained on is its own source.
select
    attribution_key,
    side,
    object_id,
    cast(1000000000 as {{ t_bigint() }}) as source_weight_nano,
    false as is_left_to_service
from {{ ref("int_usage__training_uses") }}
