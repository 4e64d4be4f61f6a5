-- One row per appeal against a removal action, or later authorisation of its content. A
-- counter notice has a window in US business days: content may be restored from the
-- 10th and must be by the 14th, unless the notifier has sued (E116).
with
    appeals as (select * from {{ ref("stg_removals__appeals") }}),
    removal_actions as (select * from {{ ref("fct_removal_actions") }}),
    days as (select * from {{ ref("dim_days") }}),
    business_days as (select * from days where is_us_business_day),
    windows as (
        select
            appeals.appeal_id,
            opening_days.day_date as restore_from_date,
            closing_days.day_date as restore_by_date
        from appeals
        inner join days on days.day_date = cast(appeals.filed_at as date)
        inner join
            business_days as opening_days
            on opening_days.us_business_day_number = days.us_business_day_number + 10
        inner join
            business_days as closing_days
            on closing_days.us_business_day_number = days.us_business_day_number + 14
        where appeals.kind = 'counter_notice'
    ),
    timed as (
        select
            appeals.*,
            windows.restore_from_date,
            windows.restore_by_date,
            -- A suit filed after the content was restored does not count.
            coalesce(
                cast(appeals.suit_filed_at as date) <= windows.restore_by_date
                and coalesce(appeals.suit_filed_at <= appeals.reinstated_at, true),
                false
            ) as is_sued
        from appeals
        left join windows on windows.appeal_id = appeals.appeal_id
    )
select
    cast(timed.appeal_id as {{ t_str() }}) as appeal_id,
    cast(timed.puid as {{ t_str() }}) as puid,
    cast(removal_actions.partner_id as {{ t_str() }}) as partner_id,
    cast({{ first_of_month("timed.filed_at") }} as date) as filed_month,
    cast(timed.kind as {{ t_str() }}) as appeal_kind,
    cast(coalesce(timed.outcome, 'open') as {{ t_str() }}) as appeal_outcome,
    cast(
        case
            when timed.reinstated_at is null
            then null
            when
                timed.kind = 'authorised_later'
                or timed.outcome = 'reinstated_authorised'
            then 'AUTHORISED_LATER'
            else 'OVERTURNED'
        end as {{ t_str() }}
    ) as reinstatement_reason,
    cast(
        {{ seconds_between("timed.filed_at", "timed.decided_at") }} as {{ t_bigint() }}
    ) as seconds_to_decision,
    cast(timed.restore_from_date as date) as restore_from_date,
    cast(timed.restore_by_date as date) as restore_by_date,
    cast(
        case
            when timed.kind <> 'counter_notice'
            then null
            when timed.reinstated_at is not null and timed.is_sued
            then 'restored_despite_suit'
            when timed.is_sued
            then 'suit_filed'
            when cast(timed.reinstated_at as date) < timed.restore_from_date
            then 'restored_early'
            when cast(timed.reinstated_at as date) > timed.restore_by_date
            then 'restored_late'
            when timed.reinstated_at is not null
            then 'restored_in_window'
            when timed.outcome = 'upheld'
            then 'refused'
            when cast({{ known_at() }} as date) > timed.restore_by_date
            then 'overdue'
            else 'waiting'
        end as {{ t_str() }}
    ) as restore_state,
    timed.kind <> 'authorised_later' as is_appeal,
    timed.outcome is not null as is_decided,
    coalesce(
        timed.outcome = 'overturned' and timed.kind <> 'authorised_later', false
    ) as is_overturned,
    cast(timed.filed_at as {{ t_ts() }}) as filed_at,
    cast(timed.decided_at as {{ t_ts() }}) as decided_at,
    cast(timed.reinstated_at as {{ t_ts() }}) as reinstated_at,
    cast(timed.suit_filed_at as {{ t_ts() }}) as suit_filed_at
from timed
left join removal_actions on removal_actions.puid = timed.puid
