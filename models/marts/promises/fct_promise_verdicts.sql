-- One row per complete month and measure of a promise: its value, the target that
-- applied at the end of the month, and the verdict. A promise has the verdict of its
-- worst measure; measures without a target are ignored.
{%- set measures = [
    ("agreements", "licensed_use_share", "share", "at_least"),
    ("agreements", "licensed_money_share", "share", "at_least"),
    ("agreements", "unlicensed_launch_count", "count", "at_most"),
    ("agreements", "unlicensed_training_count", "count", "at_most"),
    ("choice", "consented_use_share", "share", "at_least"),
    ("pay", "paid_share", "share", "at_least"),
    ("pay", "held_long_share", "share", "at_most"),
    ("pay", "timely_statement_share", "share", "at_least"),
    ("credit", "credit_coverage", "share", "at_least"),
    ("connection", "source_lift", "share", "at_least"),
] %}
{%- set ranks = ["on_target", "cannot_tell", "at_risk", "broken"] %}
with
    figures as (select * from {{ ref("fct_promise_measures") }}),
    lifts as (
        select
            month as report_month,
            numerator_count as play_count,
            denominator_count as expected_play_count,
            effect_rate as lift_rate,
            upper_rate - effect_rate as interval_rate
        from {{ ref("fct_fan_effects") }}
        where scope_kind = 'all' and figure_name = 'source_lift'
    ),
    targets as (select * from {{ ref("dim_targets") }}),
    months as (select report_month from figures group by report_month),
    measures as (
        {%- for promise, measure, unit, direction in measures %}
            select
                '{{ promise }}' as promise_code,
                {{ loop.index }} as measure_number,
                '{{ measure }}' as measure_name,
                '{{ unit }}' as unit_code,
                '{{ direction }}' as direction_code
            {% if not loop.last %}
                union all
            {% endif %}
        {%- endfor %}
    ),
    valued as (
        select
            months.report_month,
            measures.*,
            case
                when measures.unit_code = 'count'
                then coalesce(figures.numerator, 0)
                else coalesce(figures.numerator, lifts.play_count)
            end as numerator,
            coalesce(figures.denominator, lifts.expected_play_count) as denominator,
            case
                when measures.unit_code = 'count'
                then coalesce(figures.numerator, 0)
                when measures.measure_name = 'source_lift'
                then lifts.lift_rate
                when figures.denominator > 0
                then {{ share_of("figures.numerator", "figures.denominator", 6) }}
            end as measure_value,
            lifts.interval_rate
        from months
        cross join measures
        left join
            figures
            on figures.report_month = months.report_month
            and figures.measure_name = measures.measure_name
        left join
            lifts
            on lifts.report_month = months.report_month
            and measures.measure_name = 'source_lift'
    ),
    aimed as (
        select
            valued.*,
            targets.owner_name,
            targets.target_value,
            targets.tolerated_value,
            targets.valid_from_date
        from valued
        left join
            targets
            on targets.promise_code = valued.promise_code
            and targets.measure_name = valued.measure_name
            and targets.valid_from_date
            < cast(valued.report_month + interval '1' month as date)
        qualify
            row_number() over (
                partition by valued.report_month, valued.measure_name
                order by targets.valid_from_date desc
            )
            = 1
    ),
    ranked as (
        select
            *,
            case
                when target_value is null
                then 0
                when measure_value is null
                then 1
                -- There are too few recordings for an interval.
                when measure_name = 'source_lift' and interval_rate is null
                then 1
                -- If the interval contains the target, the result is open.
                when
                    interval_rate is not null
                    and measure_value - interval_rate < target_value
                    and measure_value + interval_rate > target_value
                then 1
                when
                    (direction_code = 'at_least' and measure_value >= target_value)
                    or (direction_code = 'at_most' and measure_value <= target_value)
                then 0
                when
                    (direction_code = 'at_least' and measure_value >= tolerated_value)
                    or (direction_code = 'at_most' and measure_value <= tolerated_value)
                then 2
                else 3
            end as measure_rank
        from aimed
    ),
    promises as (
        select
            *,
            max(measure_rank) over (
                partition by report_month, promise_code
            ) as promise_rank,
            min(case when target_value is null then 1 else 0 end) over (
                partition by report_month, promise_code
            ) as is_without_target
        from ranked
    ),
    changes as (
        select
            *,
            case
                when
                    promise_rank = lag(promise_rank) over (
                        partition by measure_name order by report_month
                    )
                then 0
                else 1
            end as is_change
        from promises
    ),
    runs as (
        select
            *,
            max(case when is_change = 1 then report_month end) over (
                partition by measure_name
                order by report_month
                rows between unbounded preceding and current row
            ) as since_month
        from changes
    )
select
    cast(report_month as date) as report_month,
    cast(promise_code as {{ t_str() }}) as promise_code,
    cast(measure_number as {{ t_bigint() }}) as measure_number,
    cast(measure_name as {{ t_str() }}) as measure_name,
    cast(unit_code as {{ t_str() }}) as unit_code,
    cast(direction_code as {{ t_str() }}) as direction_code,
    cast(
        case
            when is_without_target = 1
            then 'cannot_tell'
            else
                case
                    promise_rank
                    {%- for name in ranks %}
                        when {{ loop.index0 }} then '{{ name }}'
                    {%- endfor %}
                end
        end as {{ t_str() }}
    ) as promise_verdict_code,
    cast(
        case
            when target_value is null
            then 'cannot_tell'
            else
                case
                    measure_rank
                    {%- for name in ranks %}
                        when {{ loop.index0 }} then '{{ name }}'
                    {%- endfor %}
                end
        end as {{ t_str() }}
    ) as measure_verdict_code,
    cast(owner_name as {{ t_str() }}) as owner_name,
    cast(numerator as {{ t_dec(38, 6) }}) as numerator,
    cast(denominator as {{ t_dec(38, 6) }}) as denominator,
    cast(measure_value as {{ t_dec(18, 6) }}) as measure_value,
    cast(interval_rate as {{ t_dec(18, 6) }}) as interval_rate,
    cast(target_value as {{ t_dec(18, 6) }}) as target_value,
    cast(tolerated_value as {{ t_dec(18, 6) }}) as tolerated_value,
    cast(valid_from_date as date) as target_valid_from_date,
    cast(since_month as date) as since_month
from runs
