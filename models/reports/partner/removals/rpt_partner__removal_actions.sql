-- One row per partner and removal action that concerns its catalogue, its artists or a
-- recording of its labels. Who uploaded the content is not told.
with
    removal_actions as (select * from {{ ref("fct_removal_actions") }}),
    appeal_outcomes as (
        select
            puid,
            {{ ordered_list("appeal_outcome", ", ") }} as appeal_outcomes,
            {{ ordered_list("reinstatement_reason", ", ") }} as reinstatement_reason
        from {{ ref("fct_appeals") }}
        group by all
    )
select
    removal_actions.partner_id,
    removal_actions.applied_month as report_month,
    removal_actions.puid,
    removal_actions.case_id,
    removal_actions.partner_basis,
    removal_actions.recording_id,
    removal_actions.derivative_id,
    removal_actions.isrc,
    removal_actions.title,
    removal_actions.programme_reason,
    removal_actions.ai_status,
    removal_actions.decision_visibility,
    removal_actions.decision_monetary,
    removal_actions.decision_provision,
    removal_actions.decision_account,
    removal_actions.decision_ground,
    removal_actions.category,
    removal_actions.content_type,
    removal_actions.territories,
    removal_actions.source_type,
    removal_actions.first_notifier_kind,
    removal_actions.known_by,
    removal_actions.automated_decision,
    cast(
        coalesce(appeal_outcomes.appeal_outcomes, 'none') as {{ t_str() }}
    ) as appeal_state,
    cast(appeal_outcomes.reinstatement_reason as {{ t_str() }}) as reinstatement_reason,
    removal_actions.notice_count,
    removal_actions.appeal_count,
    removal_actions.play_before_count,
    cast(
        {{ div_round("removal_actions.seconds_to_action", "3600", 2) }}
        as {{ t_dec(18, 2) }}
    ) as hours_to_action,
    removal_actions.is_removal,
    removal_actions.is_detected_automatically,
    removal_actions.is_appealed,
    removal_actions.is_overturned,
    removal_actions.is_in_force,
    removal_actions.detected_at,
    removal_actions.applied_at,
    removal_actions.reinstated_at,
    removal_actions.ended_at
from removal_actions
left join appeal_outcomes on appeal_outcomes.puid = removal_actions.puid
where removal_actions.partner_id is not null
