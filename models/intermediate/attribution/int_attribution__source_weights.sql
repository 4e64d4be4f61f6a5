-- One row per generated thing, side and root source, or gap (no object): whole
-- billionths that sum to a billion. A parent that is itself a derivative passes its
-- own weights on, multiplied (E52); a weight under the product's floor falls into the
-- gap (E47).
with recursive
    attribution_keys as (select * from {{ ref("int_attribution__keys") }}),
    derivatives as (select * from {{ ref("stg_ai_usage__derivatives") }}),
    cycles as (select * from {{ ref("int_usage__derivative_cycles") }}),
    attributed as (select * from {{ ref("int_attribution__attributed_parts") }}),
    fallback as (select * from {{ ref("int_attribution__fallback_parts") }}),
    parts as (
        select
            attribution_key,
            side,
            source_object_id,
            weight_nano,
            is_refused as must_hold
        from attributed
        union all
        select
            attribution_key,
            side,
            source_object_id,
            weight_nano,
            fallback = 'hold' as must_hold
        from fallback
    ),
    edges as (
        select
            parts.*,
            derivatives.derivative_id is not null as is_derivative,
            cycles.derivative_id is not null as is_in_cycle
        from parts
        left join derivatives on derivatives.derivative_id = parts.source_object_id
        left join cycles on cycles.derivative_id = parts.source_object_id
    ),
    -- In 10^-36, so that four generations multiply exactly.
    paths(attribution_key, side, object_id, weight, is_open, must_hold, depth) as (
        select
            attribution_key,
            side,
            case when is_in_cycle then null else source_object_id end as object_id,
            {{ wide("weight_nano") }} * {{ pow10(27) }} as weight,
            is_derivative and not is_in_cycle as is_open,
            must_hold or is_in_cycle as must_hold,
            1 as depth
        from edges
        union all
        select
            paths.attribution_key,
            paths.side,
            case
                when edges.is_in_cycle then null else edges.source_object_id
            end as object_id,
            {{ wide(int_div("paths.weight", pow10(9))) }}
            * {{ wide("edges.weight_nano") }} as weight,
            edges.is_derivative and not edges.is_in_cycle as is_open,
            edges.must_hold or edges.is_in_cycle as must_hold,
            paths.depth + 1 as depth
        from paths
        inner join
            edges on edges.attribution_key = paths.object_id and edges.side = paths.side
        where paths.is_open and paths.depth < 16
    ),
    roots as (
        select attribution_key, side, object_id, sum(weight) as weight
        from paths
        where not is_open and object_id is not null
        group by all
    ),
    -- What nobody could attribute is held; only what attribution itself left open, or
    -- the
    -- floor dropped, can be the service's.
    held as (
        select attribution_key, side
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
        from (select distinct attribution_key, side from parts) as keys_and_sides
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
            cast(
                {{
                    largest_remainder(
                        pow10(9),
                        "floor_nano",
                        "remainder",
                        ["attribution_key", "side"],
                        ["coalesce(object_id, '')"],
                    )
                }} as {{ t_bigint() }}
            ) as source_weight_nano
        from floors
    )
select
    rounded.attribution_key,
    rounded.side,
    rounded.object_id,
    rounded.source_weight_nano,
    rounded.object_id is null
    and held.attribution_key is null
    and coalesce(attribution_keys.remainder_rule, 'hold')
    = 'service' as is_left_to_service
from rounded
inner join
    attribution_keys on attribution_keys.attribution_key = rounded.attribution_key
left join
    held on held.attribution_key = rounded.attribution_key and held.side = rounded.side
where rounded.source_weight_nano > 0
union all
-- What a model was trained on is its own source.
select
    attribution_key,
    side,
    object_id,
    cast(1000000000 as {{ t_bigint() }}) as source_weight_nano,
    false as is_left_to_service
from {{ ref("int_usage__training_uses") }}
