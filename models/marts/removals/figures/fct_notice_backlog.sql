-- One row per report month and notice that is open at its end: not acted on, not found
-- void and not withdrawn by then.
with
    notices as (select * from {{ ref("fct_notices") }}),
    months as (
        select
            report_month,
            cast(
                cast(report_month + interval 1 month as date) as {{ t_ts() }}
            ) as month_end_at
        from {{ ref("int_statements__months") }}
    ),
    open_notices as (
        select
            months.report_month,
            notices.*,
            {{ seconds_between("notices.received_at", "months.month_end_at") }}
            as age_seconds
        from notices
        inner join
            months
            on notices.received_at < months.month_end_at
            and coalesce(notices.closed_at >= months.month_end_at, true)
    )
select
    cast(report_month as date) as report_month,
    cast(notice_id as {{ t_str() }}) as notice_id,
    cast(partner_id as {{ t_str() }}) as partner_id,
    cast(notifier_kind as {{ t_str() }}) as notifier_kind,
    cast(
        case
            when age_seconds < 86400
            then 'under_1_day'
            when age_seconds < 604800
            then '1_to_7_days'
            when age_seconds < 2592000
            then '7_to_30_days'
            else 'over_30_days'
        end as {{ t_str() }}
    ) as age_band,
    cast(age_seconds as {{ t_bigint() }}) as age_seconds,
    is_judged,
    cast(received_at as {{ t_ts() }}) as received_at
from open_notices
