-- One row per month, scope and figure of the artist-fan connection, with a 95 %
-- interval, the smallest detectable effect, and whether the figure is conclusive. Exact
-- figures, only for internal use.
with estimated as (select * from {{ ref("int_fans__effects_estimated") }})
select
    cast(month as date) as month,
    cast(scope_kind as {{ t_str() }}) as scope_kind,
    cast(scope_id as {{ t_str() }}) as scope_id,
    cast(figure_name as {{ t_str() }}) as figure_name,
    cast(unit_count as {{ t_bigint() }}) as unit_count,
    cast(numerator_count as {{ t_bigint() }}) as numerator_count,
    cast(denominator_count as {{ t_bigint() }}) as denominator_count,
    cast(effect_rate as {{ t_dec(18, 6) }}) as effect_rate,
    cast(standard_error as {{ t_dec(18, 6) }}) as standard_error,
    {{ effect_bound("effect_rate", "standard_error", "unit_count", -1) }} as lower_rate,
    {{ effect_bound("effect_rate", "standard_error", "unit_count", 1) }} as upper_rate,
    -- An effect of 2.8 standard errors is detected in four of five cases at this level.
    cast(
        case
            when unit_count >= {{ var("effect_minimum_units") }}
            then standard_error * 2.8
        end as {{ t_dec(18, 6) }}
    ) as detectable_rate,
    cast(
        case
            when
                unit_count < {{ var("effect_minimum_units") }} or standard_error is null
            then 'cannot_tell'
            when figure_name <> 'source_lift'
            then 'measured'
            when abs(effect_rate) <= standard_error * 1.96
            then 'cannot_tell'
            when effect_rate > 0
            then 'higher'
            else 'lower'
        end as {{ t_str() }}
    ) as verdict
from estimated
