-- One row per notice, with its effect. A notice counts for the time to an action if it
-- is valid, arrived by the time of the action, and was not withdrawn before it. A
-- notice that arrived later did not cause the action.
with
    notices as (select * from {{ ref("stg_removals__notices") }}),
    actions as (select * from {{ ref("stg_removals__actions") }}),
    assessed as (
        select
            notices.notice_id,
            notices.puid,
            notices.notifier_kind,
            notices.notifier_party_id,
            actions.applied_at,
            coalesce(notices.is_valid, false) as is_valid,
            notices.is_valid is not null as is_judged,
            notices.withdrawn_at is not null as is_withdrawn,
            notices.received_at,
            notices.withdrawn_at,
            coalesce(
                notices.is_valid
                and notices.received_at <= actions.applied_at
                and coalesce(notices.withdrawn_at > actions.applied_at, true),
                false
            ) as is_timed
        from notices
        left join actions on actions.puid = notices.puid
    )
select
    notice_id,
    puid,
    notifier_kind,
    notifier_party_id,
    is_valid,
    is_judged,
    is_withdrawn,
    is_timed,
    is_timed
    and row_number() over (partition by puid, is_timed order by received_at, notice_id)
    = 1 as is_earliest,
    received_at,
    withdrawn_at,
    applied_at,
    -- The wait ends with the action, the withdrawal, or the finding that the notice is
    -- void.
    case
        when is_judged and not is_valid
        then received_at
        else
            least(
                case
                    when applied_at is not null then greatest(applied_at, received_at)
                end,
                withdrawn_at
            )
    end as closed_at
from assessed
