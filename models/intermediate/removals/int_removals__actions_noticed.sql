-- One row per removal action: how the service learned of the content, and the notices
-- about it.
with
    actions as (select * from {{ ref("stg_removals__actions") }}),
    notices_judged as (select * from {{ ref("int_removals__notices_judged") }}),
    noticed as (
        select
            puid,
            count(*) as notice_count,
            count(*) filter (where is_valid and not is_withdrawn) as valid_notice_count,
            min(received_at) filter (where is_earliest) as first_notice_at,
            min(notifier_kind) filter (where is_earliest) as first_notifier_kind
        from notices_judged
        where puid is not null
        group by all
    ),
    known as (
        select
            actions.puid,
            actions.applied_at,
            coalesce(noticed.notice_count, 0) as notice_count,
            coalesce(noticed.valid_notice_count, 0) as valid_notice_count,
            noticed.first_notice_at,
            noticed.first_notifier_kind,
            -- A detection after the action says nothing about the time to act.
            case
                when actions.detected_at <= actions.applied_at then actions.detected_at
            end as first_detected_at
        from actions
        left join noticed on noticed.puid = actions.puid
    ),
    started as (
        select *, least(first_notice_at, first_detected_at) as known_from_at from known
    )
select
    puid,
    cast(notice_count as {{ t_bigint() }}) as notice_count,
    cast(valid_notice_count as {{ t_bigint() }}) as valid_notice_count,
    first_notifier_kind,
    case
        when known_from_at is null
        then 'unknown'
        when known_from_at = first_notice_at
        then 'notice'
        else 'detection'
    end as known_by,
    {{ seconds_between("known_from_at", "applied_at") }} as seconds_to_action,
    first_notice_at,
    known_from_at
from started
