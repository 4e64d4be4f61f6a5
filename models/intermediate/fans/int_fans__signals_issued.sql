-- One row per month, source recording and territory: the fan signals that partners
-- receive. They are those known when the month was first issued; for a recording that
-- came later, those of its first delivery; for a month that is not issued, those known
-- at the freeze. Issued figures do not change, because two figures that differ by one
-- listener would reveal that listener, and hidden figures stay hidden.
with
    versions as (select * from {{ ref("stg_ai_usage__fan_signal_versions") }}),
    issues as (select * from {{ ref("int_ledger__months_issued") }}),
    arrivals as (
        select month, recording_id, min(known_from) as first_known_from
        from versions
        group by month, recording_id
    ),
    freezes as (
        select
            arrivals.month,
            arrivals.recording_id,
            greatest(issues.first_known_at, arrivals.first_known_from) as frozen_at
        from arrivals
        inner join issues on issues.usage_month = arrivals.month
    ),
    latest as (
        select versions.*
        from versions
        left join
            freezes
            on freezes.month = versions.month
            and freezes.recording_id = versions.recording_id
        where versions.known_from <= coalesce(freezes.frozen_at, versions.known_from)
        qualify
            row_number() over (
                partition by versions.month, versions.recording_id, versions.territory
                order by versions.recorded_at desc
            )
            = 1
    )
select
    month,
    recording_id,
    territory,
    derivative_listeners as derivative_listener_count,
    source_listeners_within_7_days as source_listener_within_7_days_count,
    new_fans as new_fan_count,
    follows as follow_count,
    saves as save_count,
    source_plays_28_days as source_play_28_days_count,
    expected_source_plays_28_days as expected_source_play_28_days_count
from latest
where not is_withdrawn
