-- One row per removal action, and per other measure: the decision, how the service
-- learned of the content, whose content it is, and the result.
with
    actions as (select * from {{ ref("stg_removals__actions") }}),
    classified as (select * from {{ ref("int_removals__actions_classified") }}),
    matched as (select * from {{ ref("int_removals__actions_matched") }}),
    noticed as (select * from {{ ref("int_removals__actions_noticed") }}),
    appealed as (select * from {{ ref("int_removals__actions_appealed") }}),
    unfiled as (select distinct puid from {{ ref("int_removals__actions_unfiled") }}),
    joined as (
        select
            actions.*,
            matched.recording_id as matched_recording_id,
            matched.partner_id,
            matched.partner_basis,
            matched.delivered_at,
            matched.released_on,
            classified.is_removal,
            classified.is_demotion,
            classified.is_labelling,
            classified.is_demonetisation,
            classified.is_account_measure,
            noticed.notice_count,
            noticed.valid_notice_count,
            noticed.first_notifier_kind,
            noticed.known_by,
            noticed.seconds_to_action,
            noticed.first_notice_at,
            noticed.known_from_at,
            coalesce(appealed.appeal_count, 0) as appeal_count,
            coalesce(appealed.is_appealed, false) as is_appealed,
            coalesce(appealed.is_appeal_decided, false) as is_appeal_decided,
            coalesce(appealed.is_overturned, false) as is_overturned,
            coalesce(appealed.is_authorised_later, false) as is_authorised_later,
            appealed.first_appealed_at,
            appealed.reinstated_at,
            unfiled.puid is null as is_fileable
        from actions
        inner join classified on classified.puid = actions.puid
        inner join matched on matched.puid = actions.puid
        inner join noticed on noticed.puid = actions.puid
        left join appealed on appealed.puid = actions.puid
        left join unfiled on unfiled.puid = actions.puid
    ),
    timed as (
        select
            *,
            min(known_from_at) over (
                partition by coalesce(case_id, puid)
            ) as case_known_from_at,
            row_number() over (
                partition by coalesce(case_id, puid) order by applied_at desc, puid desc
            )
            = 1 as is_last_of_case
        from joined
    )
select
    cast(puid as {{ t_str() }}) as puid,
    cast(coalesce(case_id, puid) as {{ t_str() }}) as case_id,
    cast(partner_id as {{ t_str() }}) as partner_id,
    cast(partner_basis as {{ t_str() }}) as partner_basis,
    cast({{ first_of_month("applied_at") }} as date) as applied_month,
    cast(
        coalesce(matched_recording_id, isrc, derivative_id) as {{ t_str() }}
    ) as object_id,
    cast(matched_recording_id as {{ t_str() }}) as recording_id,
    cast(derivative_id as {{ t_str() }}) as derivative_id,
    cast(isrc as {{ t_str() }}) as isrc,
    cast(title as {{ t_str() }}) as title,
    cast(uploader_party_id as {{ t_str() }}) as uploader_party_id,
    cast(affected_party_id as {{ t_str() }}) as affected_party_id,
    cast(programme_reason as {{ t_str() }}) as programme_reason,
    cast(coalesce(ai_status, 'unknown') as {{ t_str() }}) as ai_status,
    cast(
        {{ join_list("decision_visibility", ", ") }} as {{ t_str() }}
    ) as decision_visibility,
    cast(decision_monetary as {{ t_str() }}) as decision_monetary,
    cast(decision_provision as {{ t_str() }}) as decision_provision,
    cast(decision_account as {{ t_str() }}) as decision_account,
    cast(decision_ground as {{ t_str() }}) as decision_ground,
    cast(legal_ground as {{ t_str() }}) as legal_ground,
    cast(category as {{ t_str() }}) as category,
    cast(
        {{ join_list("category_specification", ", ") }} as {{ t_str() }}
    ) as category_specification,
    cast({{ join_list("content_type", ", ") }} as {{ t_str() }}) as content_type,
    cast(
        coalesce({{ join_list("territories", ", ") }}, 'WW') as {{ t_str() }}
    ) as territories,
    cast(source_type as {{ t_str() }}) as source_type,
    cast(automated_decision as {{ t_str() }}) as automated_decision,
    cast(known_by as {{ t_str() }}) as known_by,
    cast(first_notifier_kind as {{ t_str() }}) as first_notifier_kind,
    cast(notice_count as {{ t_bigint() }}) as notice_count,
    cast(valid_notice_count as {{ t_bigint() }}) as valid_notice_count,
    cast(appeal_count as {{ t_bigint() }}) as appeal_count,
    cast(seconds_to_action as {{ t_bigint() }}) as seconds_to_action,
    -- Only on the last action of each case, so that cases can be counted by it.
    cast(
        case
            when is_last_of_case
            then {{ seconds_between("case_known_from_at", "applied_at") }}
        end as {{ t_bigint() }}
    ) as case_seconds_to_action,
    cast(
        case
            when delivered_at <= applied_at
            then {{ seconds_between("delivered_at", "applied_at") }}
        end as {{ t_bigint() }}
    ) as seconds_from_delivery,
    cast(plays_before as {{ t_bigint() }}) as play_before_count,
    is_removal,
    is_demotion,
    is_labelling,
    is_demonetisation,
    is_account_measure,
    automated_detection as is_detected_automatically,
    is_appealed,
    is_appeal_decided,
    is_overturned,
    is_authorised_later,
    -- Still in force at the freeze: neither ended nor reversed.
    coalesce(ended_at > {{ known_at() }}, true)
    and reinstated_at is null
    and not is_overturned
    and not is_authorised_later as is_in_force,
    -- If only the month or year of a release is known, no day counts as before it.
    coalesce(
        length(released_on) = 10
        and cast(cast(applied_at as date) as {{ t_str() }}) < released_on,
        false
    ) as is_before_release,
    is_fileable,
    cast(content_date as date) as content_date,
    cast(first_notice_at as {{ t_ts() }}) as first_notice_at,
    cast(detected_at as {{ t_ts() }}) as detected_at,
    cast(known_from_at as {{ t_ts() }}) as known_from_at,
    cast(decided_at as {{ t_ts() }}) as decided_at,
    cast(applied_at as {{ t_ts() }}) as applied_at,
    cast(first_appealed_at as {{ t_ts() }}) as first_appealed_at,
    cast(reinstated_at as {{ t_ts() }}) as reinstated_at,
    cast(ended_at as {{ t_ts() }}) as ended_at,
    cast(recorded_at as {{ t_ts() }}) as recorded_at
from timed
