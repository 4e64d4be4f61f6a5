-- One row per month, source recording and territory: how listeners of its derivatives
-- used the source. Audience figures are exact here; partners receive them through
-- rpt_partner__fan_connection, which hides small ones.
select
    cast(month as date) as month,
    cast(recording_id as {{ t_str() }}) as recording_id,
    cast(territory as {{ t_str() }}) as territory,
    cast(derivative_listener_count as {{ t_bigint() }}) as derivative_listener_count,
    cast(
        source_listener_within_7_days_count as {{ t_bigint() }}
    ) as source_listener_within_7_days_count,
    cast(new_fan_count as {{ t_bigint() }}) as new_fan_count,
    cast(follow_count as {{ t_bigint() }}) as follow_count,
    cast(save_count as {{ t_bigint() }}) as save_count,
    cast(source_play_28_days_count as {{ t_bigint() }}) as source_play_28_days_count,
    cast(
        expected_source_play_28_days_count as {{ t_bigint() }}
    ) as expected_source_play_28_days_count,
    cast(is_known_recording as boolean) as is_known_recording
from {{ ref("int_fans__signals_described") }}
