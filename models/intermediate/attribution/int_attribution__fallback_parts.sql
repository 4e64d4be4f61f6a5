-- One row per output, side and source if no attribution was delivered for the side: the
-- requested recordings in equal parts, their works by share, or, if the product's rule
-- is hold, one gap of the whole (E48). If the shares of a recording's works sum to less
-- than 100 %, the rest is gap; a sum within a millionth of 100 % counts as 100 %, and
-- above it the works share in proportion. Whole billionths.
with
    outputs as (select * from {{ ref("int_attribution__outputs") }}),
    attributed as (
        select distinct output_id, side
        from {{ ref("int_attribution__attributed_parts") }}
    ),
    recording_works as (select * from {{ ref("stg_catalog__recording_works") }}),
    sides as (
        select 'MASTER' as side
        union all
        select 'WORK' as side
    ),
    missing as (
        select outputs.*, sides.side
        from outputs
        cross join sides
        left join
            attributed
            on attributed.output_id = outputs.output_id
            and attributed.side = sides.side
        where attributed.output_id is null
    ),
    requested as (
        select distinct
            missing.output_id,
            missing.side,
            missing.generated_at,
            requested_recordings.item as recording_id
        from
            missing
            {{ explode_list("missing.source_recording_ids", "requested_recordings") }}
        where missing.attribution_fallback = 'equal_sources'
    ),
    counted as (
        select requested.*, count(*) over (partition by output_id, side) as source_count
        from requested
    ),
    works as (
        select
            counted.output_id,
            counted.side,
            counted.recording_id,
            coalesce(recording_works.work_id, counted.recording_id) as object_id,
            counted.source_count,
            {{ scaled("coalesce(recording_works.share, 1)", 12) }} as share,
            sum({{ scaled("coalesce(recording_works.share, 1)", 12) }}) over (
                partition by counted.output_id, counted.side, counted.recording_id
            ) as total_shares
        from counted
        left join
            recording_works
            on recording_works.recording_id = counted.recording_id
            and recording_works.share > 0
            and (
                recording_works.valid_from is null
                or recording_works.valid_from <= counted.generated_at
            )
            and (
                recording_works.valid_to is null
                or recording_works.valid_to > counted.generated_at
            )
        where counted.side = 'WORK'
    ),
    divided_works as (
        select
            works.*,
            case
                when total_shares >= {{ pow10(12) }} - {{ pow10(6) }}
                then total_shares
                else {{ pow10(12) }}
            end as all_shares,
            {{ pow10(12) }} - total_shares as missing_share,
            row_number() over (
                partition by output_id, side, recording_id order by object_id
            ) as work_number
        from works
    ),
    -- Equal parts in 10^-24, truncated: the error is far below the remainders that
    -- decide.
    parts as (
        select
            output_id,
            side,
            recording_id as object_id,
            {{ wide(int_div(pow10(24), wide("source_count"))) }} as weight
        from counted
        where side = 'MASTER'
        union all
        select
            output_id,
            side,
            object_id,
            sum(
                {{
                    wide(
                        int_div(
                            pow10(24) ~ " * share",
                            "all_shares * " ~ wide("source_count"),
                        )
                    )
                }}
            ) as weight
        from divided_works
        group by all
        union all
        select
            output_id,
            side,
            cast(null as {{ t_str() }}) as object_id,
            sum(
                {{
                    wide(
                        int_div(
                            pow10(24) ~ " * missing_share",
                            "all_shares * " ~ wide("source_count"),
                        )
                    )
                }}
            ) as weight
        from divided_works
        where work_number = 1 and missing_share > {{ pow10(6) }}
        group by all
    ),
    floors as (
        select
            parts.*,
            {{ wide(int_div("weight", pow10(15))) }} as floor_nano,
            weight % {{ pow10(15) }} as remainder
        from parts
    )
select
    output_id,
    side,
    object_id as source_object_id,
    'equal_sources' as fallback,
    cast(
        {{
            largest_remainder(
                pow10(9),
                "floor_nano",
                "remainder",
                ["output_id", "side"],
                ["coalesce(object_id, '')"],
            )
        }} as {{ t_bigint() }}
    ) as weight_nano
from floors
union all
select
    missing.output_id,
    missing.side,
    cast(null as {{ t_str() }}) as source_object_id,
    'hold' as fallback,
    cast(1000000000 as {{ t_bigint() }}) as weight_nano
from missing
left join
    (select distinct output_id, side from requested) as answered
    on answered.output_id = missing.output_id
    and answered.side = missing.side
where answered.output_id is null
