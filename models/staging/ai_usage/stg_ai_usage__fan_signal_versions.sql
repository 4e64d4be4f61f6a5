-- One row per month, source recording, territory and version known at the freeze,
-- including withdrawn versions.
-- Packages also need older versions: those known when a month was first issued.
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
    is_withdrawn,
    recorded_at,
    known_from,
    delivery_id
from {{ arrived(source("raw", "raw_ai_usage__fan_signals")) }} as arrivals
where known_from <= {{ known_at() }}
