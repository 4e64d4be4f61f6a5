-- One row per month, source recording and territory: what listeners of its
-- derivatives did with the source. Audience figures are whole here; partners get them
-- through rpt_partner__fan_connection, which hides small ones.
with
    fan_signals as (select * from {{ ref("stg_ai_usage__fan_signals") }}),
    known_recordings as (select recording_id from {{ ref("stg_catalog__recordings") }})
select
    cast(fan_signals.month as date) as month,
    cast(fan_signals.recording_id as {{ t_str() }}) as recording_id,
    cast(fan_signals.territory as {{ t_str() }}) as territory,
    cast(
        fan_signals.derivative_listeners as {{ t_bigint() }}
    ) as derivative_listener_count,
    cast(
        fan_signals.source_listeners_within_7_days as {{ t_bigint() }}
    ) as source_listener_within_7_days_count,
    cast(fan_signals.new_fans as {{ t_bigint() }}) as new_fan_count,
    cast(fan_signals.follows as {{ t_bigint() }}) as follow_count,
    cast(fan_signals.saves as {{ t_bigint() }}) as save_count,
    cast(
        fan_signals.source_plays_28_days as {{ t_bigint() }}
    ) as source_play_28_days_count,
    cast(
        fan_signals.expected_source_plays_28_days as {{ t_bigint() }}
    ) as expected_source_play_28_days_count,
    known_recordings.recording_id is not null as is_known_recording
from fan_signals
left join known_recordings on known_recordings.recording_id = fan_signals.recording_id
