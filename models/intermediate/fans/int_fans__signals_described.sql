-- One row per month, source recording and territory: how listeners of its derivatives
-- engaged with the source, in whole figures, and whether the recording is known.
with
    fan_signals as (
        select *
        from {{ ref("stg_ai_usage__fan_signal_versions") }}
        qualify
            row_number() over (
                partition by month, recording_id, territory order by recorded_at desc
            )
            = 1
            and not is_withdrawn
    ),
    known_recordings as (select recording_id from {{ ref("stg_catalog__recordings") }})
select
    fan_signals.month,
    fan_signals.recording_id,
    fan_signals.territory,
    fan_signals.derivative_listeners as derivative_listener_count,
    fan_signals.source_listeners_within_7_days as source_listener_within_7_days_count,
    fan_signals.new_fans as new_fan_count,
    fan_signals.follows as follow_count,
    fan_signals.saves as save_count,
    fan_signals.source_plays_28_days as source_play_28_days_count,
    -- Controls yield fractions of plays; all readers use the same whole numbers.
    cast(
        round(fan_signals.expected_source_plays_28_days, 0) as {{ t_bigint() }}
    ) as expected_source_play_28_days_count,
    known_recordings.recording_id is not null as is_known_recording
from fan_signals
left join known_recordings on known_recordings.recording_id = fan_signals.recording_id
