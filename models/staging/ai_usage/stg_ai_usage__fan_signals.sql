-- One row per month, source recording and territory.
with
    latest as (
        {{
            latest_versions(
                source("raw", "raw_ai_usage__fan_signals"),
                ["month", "recording_id", "territory"],
            )
        }}
    )
select
    cast(month || '-01' as date) as month,
    recording_id,
    territory,
    derivative_listeners,
    source_listeners_within_7_days,
    new_fans,
    follows,
    saves,
    source_plays_28_days,
    expected_source_plays_28_days,
    recorded_at,
    delivery_id
from latest
