-- One row per partner, month, source recording and territory; territory `WW` is the
-- total over the partner's territories. Rates are calculated from the displayed,
-- rounded figures, because a rate of the exact figures would reveal them.
with
    audiences as (select * from {{ ref("fct_partner_audiences") }}),
    recordings as (select * from {{ ref("dim_recordings") }})
select
    cast(audiences.partner_id as {{ t_str() }}) as partner_id,
    cast(audiences.month as date) as report_month,
    cast(audiences.recording_id as {{ t_str() }}) as recording_id,
    cast(audiences.territory as {{ t_str() }}) as territory,
    cast(recordings.isrc as {{ t_str() }}) as isrc,
    cast(recordings.title as {{ t_str() }}) as title,
    cast(audiences.suppression_code as {{ t_str() }}) as suppression_code,
    cast(audiences.suppressed_columns as {{ t_str() }}) as suppressed_columns,
    cast(
        audiences.derivative_listener_count as {{ t_bigint() }}
    ) as derivative_listener_count,
    cast(
        audiences.source_listener_within_7_days_count as {{ t_bigint() }}
    ) as source_listener_within_7_days_count,
    cast(audiences.new_fan_count as {{ t_bigint() }}) as new_fan_count,
    cast(audiences.follow_count as {{ t_bigint() }}) as follow_count,
    cast(audiences.save_count as {{ t_bigint() }}) as save_count,
    cast(
        audiences.source_play_28_days_count as {{ t_bigint() }}
    ) as source_play_28_days_count,
    cast(
        audiences.expected_source_play_28_days_count as {{ t_bigint() }}
    ) as expected_source_play_28_days_count,
    cast(
        {{
            div_round(
                "audiences.source_listener_within_7_days_count",
                "audiences.derivative_listener_count",
                4,
            )
        }} as {{ t_dec(18, 4) }}
    ) as source_conversion_share,
    cast(
        {{
            div_round(
                "audiences.new_fan_count",
                "audiences.source_listener_within_7_days_count",
                4,
            )
        }} as {{ t_dec(18, 4) }}
    ) as new_fan_share,
    cast(
        {{
            div_round(
                "audiences.source_play_28_days_count - audiences.expected_source_play_28_days_count",
                "audiences.expected_source_play_28_days_count",
                4,
            )
        }}
        as {{ t_dec(18, 4) }}
    ) as source_lift_rate
from audiences
left join recordings on recordings.recording_id = audiences.recording_id
