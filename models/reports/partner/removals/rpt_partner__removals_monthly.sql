-- One row per partner, month, reason, AI status and source type. Actions, recordings
-- and uploaders are counted separately; distinct counts do not add up over rows.
-- Automated detection and automated decision are always counted separately.
with
    removal_actions as (
        select * from {{ ref("fct_removal_actions") }} where partner_id is not null
    ),
    by_case as (
        select
            partner_id,
            applied_month,
            programme_reason,
            ai_status,
            source_type,
            case_id,
            -- A case starts when its first action could have been known, and ends when
            -- its last action is applied.
            min(known_from_at) as known_from_at,
            max(applied_at) as applied_at
        from removal_actions
        group by all
    ),
    case_times as (
        select
            partner_id,
            applied_month,
            programme_reason,
            ai_status,
            source_type,
            count(*) as case_count,
            {{ quantile(seconds_between("known_from_at", "applied_at"), 0.5) }}
            as median_case_seconds,
            {{ quantile(seconds_between("known_from_at", "applied_at"), 0.9) }}
            as p90_case_seconds
        from by_case
        group by all
    ),
    by_action as (
        select
            partner_id,
            applied_month,
            programme_reason,
            ai_status,
            source_type,
            count(*) as action_count,
            count(distinct object_id) as recording_count,
            count(distinct uploader_party_id) as uploader_count,
            count(*) filter (where is_removal) as removal_count,
            count(
                distinct case when is_removal then object_id end
            ) as removed_recording_count,
            count(
                distinct case when is_removal then uploader_party_id end
            ) as removed_uploader_count,
            count(
                distinct case when is_removal and is_in_force then object_id end
            ) as net_removed_recording_count,
            count(*) filter (
                where is_detected_automatically
            ) as automated_detection_count,
            count(*) filter (
                where automated_decision = 'AUTOMATED_DECISION_FULLY'
            ) as automated_decision_count,
            count(*) filter (
                where automated_decision = 'AUTOMATED_DECISION_PARTIALLY'
            ) as partly_automated_decision_count,
            count(*) filter (where is_appealed) as appealed_count,
            count(*) filter (where is_appeal_decided) as appeal_decided_count,
            count(*) filter (where is_overturned) as overturned_count,
            count(*) filter (where is_authorised_later) as authorised_later_count,
            count(*) filter (where reinstated_at is not null) as reinstated_count,
            coalesce(sum(play_before_count), 0) as play_before_count,
            count(seconds_to_action) as timed_action_count,
            {{ quantile("seconds_to_action", 0.5) }} as median_action_seconds,
            {{ quantile("seconds_to_action", 0.9) }} as p90_action_seconds
        from removal_actions
        group by all
    )
select
    cast(by_action.partner_id as {{ t_str() }}) as partner_id,
    cast(by_action.applied_month as date) as report_month,
    cast(by_action.programme_reason as {{ t_str() }}) as programme_reason,
    cast(by_action.ai_status as {{ t_str() }}) as ai_status,
    cast(by_action.source_type as {{ t_str() }}) as source_type,
    cast(by_action.action_count as {{ t_bigint() }}) as action_count,
    cast(by_action.recording_count as {{ t_bigint() }}) as distinct_recording_count,
    cast(by_action.uploader_count as {{ t_bigint() }}) as distinct_uploader_count,
    cast(by_action.removal_count as {{ t_bigint() }}) as removal_action_count,
    cast(
        by_action.removed_recording_count as {{ t_bigint() }}
    ) as removal_distinct_recording_count,
    cast(
        by_action.removed_uploader_count as {{ t_bigint() }}
    ) as removal_distinct_uploader_count,
    cast(
        by_action.net_removed_recording_count as {{ t_bigint() }}
    ) as net_removed_recording_count,
    cast(case_times.case_count as {{ t_bigint() }}) as case_count,
    cast(
        by_action.automated_detection_count as {{ t_bigint() }}
    ) as automated_detection_count,
    cast(
        {{
            div_round(
                "by_action.automated_detection_count", "by_action.action_count", 4
            )
        }} as {{ t_dec(18, 4) }}
    ) as automated_detection_rate,
    cast(
        by_action.automated_decision_count as {{ t_bigint() }}
    ) as automated_decision_count,
    cast(
        by_action.partly_automated_decision_count as {{ t_bigint() }}
    ) as partly_automated_decision_count,
    cast(
        {{
            div_round(
                "by_action.automated_decision_count", "by_action.action_count", 4
            )
        }} as {{ t_dec(18, 4) }}
    ) as automated_decision_rate,
    cast(by_action.appealed_count as {{ t_bigint() }}) as appealed_action_count,
    cast(
        {{ div_round("by_action.appealed_count", "by_action.action_count", 4) }}
        as {{ t_dec(18, 4) }}
    ) as appeal_rate,
    cast(
        by_action.appeal_decided_count as {{ t_bigint() }}
    ) as appeal_decided_action_count,
    cast(by_action.overturned_count as {{ t_bigint() }}) as overturned_action_count,
    cast(
        {{
            div_round(
                "by_action.overturned_count", "by_action.appeal_decided_count", 4
            )
        }} as {{ t_dec(18, 4) }}
    ) as overturn_rate,
    cast(
        by_action.authorised_later_count as {{ t_bigint() }}
    ) as authorised_later_action_count,
    cast(by_action.reinstated_count as {{ t_bigint() }}) as reinstated_action_count,
    cast(by_action.play_before_count as {{ t_bigint() }}) as play_before_count,
    cast(by_action.timed_action_count as {{ t_bigint() }}) as timed_action_count,
    cast(
        {{ div_round("by_action.median_action_seconds", "3600", 2) }}
        as {{ t_dec(18, 2) }}
    ) as median_hours_to_action,
    cast(
        {{ div_round("by_action.p90_action_seconds", "3600", 2) }} as {{ t_dec(18, 2) }}
    ) as p90_hours_to_action,
    cast(
        {{ div_round("case_times.median_case_seconds", "3600", 2) }}
        as {{ t_dec(18, 2) }}
    ) as median_hours_to_action_by_case,
    cast(
        {{ div_round("case_times.p90_case_seconds", "3600", 2) }} as {{ t_dec(18, 2) }}
    ) as p90_hours_to_action_by_case
from by_action
inner join
    case_times
    on case_times.partner_id = by_action.partner_id
    and case_times.applied_month = by_action.applied_month
    and case_times.programme_reason = by_action.programme_reason
    and case_times.ai_status = by_action.ai_status
    and case_times.source_type = by_action.source_type
