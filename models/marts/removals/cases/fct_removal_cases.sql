-- One row per case: actions that were decided together, such as a sweep over all
-- uploads of an account. An action without a case is a case of its own (E113).
with
    removal_actions as (select * from {{ ref("fct_removal_actions") }}),
    summed as (
        select
            case_id,
            count(*) as action_count,
            count(*) filter (where is_removal) as removal_action_count,
            count(distinct object_id) as recording_count,
            count(distinct uploader_party_id) as uploader_count,
            count(distinct affected_party_id) as affected_party_count,
            count(*) filter (where is_appealed) as appealed_count,
            count(*) filter (where is_overturned) as overturned_count,
            count(*) filter (where reinstated_at is not null) as reinstated_count,
            count(*) filter (where is_in_force) as in_force_count,
            coalesce(sum(play_before_count), 0) as play_before_count,
            {{ ordered_list("programme_reason", ", ") }} as programme_reasons,
            min(uploader_party_id) as first_uploader_party_id,
            min(known_from_at) as known_from_at,
            min(applied_at) as first_applied_at,
            max(applied_at) as last_applied_at,
            max(case_seconds_to_action) as seconds_to_action
        from removal_actions
        group by all
    )
select
    cast(case_id as {{ t_str() }}) as case_id,
    cast({{ first_of_month("last_applied_at") }} as date) as applied_month,
    cast(programme_reasons as {{ t_str() }}) as programme_reasons,
    cast(
        case when uploader_count = 1 then first_uploader_party_id end as {{ t_str() }}
    ) as uploader_party_id,
    cast(action_count as {{ t_bigint() }}) as action_count,
    cast(removal_action_count as {{ t_bigint() }}) as removal_action_count,
    cast(recording_count as {{ t_bigint() }}) as distinct_recording_count,
    cast(uploader_count as {{ t_bigint() }}) as distinct_uploader_count,
    cast(affected_party_count as {{ t_bigint() }}) as affected_party_count,
    cast(appealed_count as {{ t_bigint() }}) as appealed_action_count,
    cast(overturned_count as {{ t_bigint() }}) as overturned_action_count,
    cast(reinstated_count as {{ t_bigint() }}) as reinstated_action_count,
    cast(in_force_count as {{ t_bigint() }}) as in_force_action_count,
    cast(play_before_count as {{ t_bigint() }}) as play_before_count,
    cast(seconds_to_action as {{ t_bigint() }}) as seconds_to_action,
    action_count > 1 as is_sweep,
    cast(known_from_at as {{ t_ts() }}) as known_from_at,
    cast(first_applied_at as {{ t_ts() }}) as first_applied_at,
    cast(last_applied_at as {{ t_ts() }}) as last_applied_at
from summed
