-- One row per day, derivative, territory, tier and version known at the freeze,
-- including withdrawn versions, as 0 plays.
-- Statements also need older versions: the plays known when a month was first issued,
-- and those known to be artificial.
select
    play_date,
    derivative_id,
    territory,
    tier,
    case when is_withdrawn then 0 else plays end as play_count,
    case
        when is_withdrawn then 0 else coalesce(artificial_plays, 0)
    end as artificial_play_count,
    case when is_withdrawn then 0 else coalesce(short_plays, 0) end as short_play_count,
    case when is_withdrawn then 0 else coalesce(seconds, 0) end as seconds,
    listeners as listener_count,
    is_withdrawn,
    recorded_at,
    known_from,
    delivery_id
from {{ arrived(source("raw", "raw_ai_usage__derivative_plays")) }} as arrivals
where
    known_from <= {{ known_at("usage") }}
    and {{ months_in_scope(first_of_month("play_date")) }}
