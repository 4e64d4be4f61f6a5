-- One row per day, derivative, territory and tier with plays found to be artificial.
{{ config(meta={"month": "usage_month"}) }}
select
    cast(derivative_id as {{ t_str() }}) as derivative_id,
    cast(territory as {{ t_str() }}) as territory,
    cast(tier as {{ t_str() }}) as tier,
    cast(play_count as {{ t_bigint() }}) as play_count,
    cast(artificial_play_count as {{ t_bigint() }}) as artificial_play_count,
    cast(usage_month as date) as usage_month,
    cast(play_date as date) as play_date
from {{ ref("int_usage__plays_counted") }}
where artificial_play_count > 0
