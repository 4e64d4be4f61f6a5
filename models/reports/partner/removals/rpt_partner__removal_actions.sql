-- One row per partner, month, and removal action that concerns its catalogue, its
-- artists or a recording of its labels, and that was applied or changed in the month,
-- or is in force at its end. The uploader of the content is not included.
with
    removal_actions as (
        select * from {{ ref("fct_removal_actions") }} where partner_id is not null
    ),
    appeals as (select * from {{ ref("fct_appeals") }}),
    months as (
        select report_month
        from {{ ref("fct_statements") }}
        union
        select applied_month as report_month
        from removal_actions
    ),
    appeal_outcomes as (
        select
            puid,
            {{ ordered_list("appeal_outcome", ", ") }} as appeal_outcomes,
            {{ ordered_list("reinstatement_reason", ", ") }} as reinstatement_reason,
            min(
                case
                    when
                        is_overturned
                        or not is_appeal
                        or appeal_outcome = 'reinstated_authorised'
                    then coalesce(decided_at, filed_at)
                end
            ) as lifted_at
        from appeals
        group by puid
    ),
    changes as (
        select puid, filed_month as report_month
        from appeals
        union
        select puid, {{ first_of_month("decided_at") }} as report_month
        from appeals
        where decided_at is not null
        union
        select puid, {{ first_of_month("reinstated_at") }} as report_month
        from appeals
        where reinstated_at is not null
        union
        select puid, {{ first_of_month("ended_at") }} as report_month
        from removal_actions
        where ended_at is not null
    ),
    dated as (
        select
            removal_actions.*,
            appeal_outcomes.appeal_outcomes,
            appeal_outcomes.reinstatement_reason,
            least(
                coalesce(removal_actions.ended_at, {{ always_to() }}),
                coalesce(
                    removal_actions.reinstated_at,
                    case
                        when
                            removal_actions.is_overturned
                            or removal_actions.is_authorised_later
                        then
                            coalesce(
                                appeal_outcomes.lifted_at, removal_actions.applied_at
                            )
                    end,
                    {{ always_to() }}
                )
            ) as in_force_until_at
        from removal_actions
        left join appeal_outcomes on appeal_outcomes.puid = removal_actions.puid
    ),
    listed as (
        select
            dated.*,
            months.report_month,
            months.report_month = dated.applied_month as is_new,
            changes.puid is not null as is_changed,
            dated.in_force_until_at >= least(
                cast(
                    cast(months.report_month + interval 1 month as date) as {{ t_ts() }}
                ),
                {{ known_at() }}
            ) as is_in_force_then
        from dated
        inner join months on months.report_month >= dated.applied_month
        left join
            changes
            on changes.puid = dated.puid
            and changes.report_month = months.report_month
    )
select
    listed.partner_id,
    cast(listed.report_month as date) as report_month,
    listed.puid,
    listed.case_id,
    listed.partner_basis,
    listed.recording_id,
    listed.derivative_id,
    listed.isrc,
    listed.title,
    listed.programme_reason,
    listed.ai_status,
    listed.decision_visibility,
    listed.decision_monetary,
    listed.decision_provision,
    listed.decision_account,
    listed.decision_ground,
    listed.category,
    listed.content_type,
    listed.territories,
    listed.source_type,
    listed.first_notifier_kind,
    listed.known_by,
    listed.automated_decision,
    cast(coalesce(listed.appeal_outcomes, 'none') as {{ t_str() }}) as appeal_state,
    cast(listed.reinstatement_reason as {{ t_str() }}) as reinstatement_reason,
    listed.notice_count,
    listed.appeal_count,
    listed.play_before_count,
    cast(
        {{ div_round("listed.seconds_to_action", "3600", 2) }} as {{ t_dec(18, 2) }}
    ) as hours_to_action,
    listed.is_removal,
    listed.is_detected_automatically,
    listed.is_appealed,
    listed.is_overturned,
    cast(listed.is_new as boolean) as is_new,
    cast(listed.is_changed as boolean) as is_changed,
    cast(listed.is_in_force_then as boolean) as is_in_force,
    listed.detected_at,
    listed.applied_at,
    listed.reinstated_at,
    listed.ended_at
from listed
where is_new or is_changed or is_in_force_then
