-- One row per day, derivative, territory and tier.
with
    latest as (
        {{
            latest_versions(
                source("raw", "raw_ai_usage__derivative_plays"),
                ["play_date", "derivative_id", "territory", "tier"],
            )
        }}
    )
select
    play_date,
    derivative_id,
    territory,
    tier,
    plays as play_count,
    coalesce(short_plays, 0) as short_play_count,
    coalesce(artificial_plays, 0) as artificial_play_count,
    coalesce(seconds, 0) as seconds,
    listeners as listener_count,
    recorded_at,
    delivery_id
from latest
