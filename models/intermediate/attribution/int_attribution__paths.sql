-- One row per output, side, number of steps, and source or gap (no object) that is
-- reached through its parents; and one per parent on a path (`is_open`). The weights of
-- paths of one kind are added. Weights are in 10^-36, so that four generations multiply
-- exactly.
with recursive
    derivatives as (select * from {{ ref("stg_ai_usage__derivatives") }}),
    cycles as (select * from {{ ref("int_usage__derivative_cycles") }}),
    attributed as (select * from {{ ref("int_attribution__attributed_parts") }}),
    fallback as (select * from {{ ref("int_attribution__fallback_parts") }}),
    parts as (
        select output_id, side, source_object_id, weight_nano, is_refused as must_hold
        from attributed
        union all
        select
            output_id,
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
    paths(output_id, side, object_id, weight, is_open, must_hold, depth) as (
        select
            output_id,
            side,
            case when is_in_cycle then null else source_object_id end as object_id,
            {{ wide("weight_nano") }} * {{ pow10(27) }} as weight,
            is_derivative and not is_in_cycle as is_open,
            must_hold or is_in_cycle as must_hold,
            1 as depth
        from edges
        union all
        select
            paths.output_id,
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
            edges on edges.output_id = paths.object_id and edges.side = paths.side
        where paths.is_open and paths.depth < 16
    )
select
    output_id,
    side,
    object_id,
    {{ wide("sum(weight)") }} as weight,
    is_open,
    must_hold,
    depth
from paths
group by output_id, side, object_id, is_open, must_hold, depth
