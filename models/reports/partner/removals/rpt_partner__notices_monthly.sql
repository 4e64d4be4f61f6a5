-- One row per partner and month with a notice that arrived or was open in the month.
-- Open notices are the backlog at the month's end (E118). There are two times to
-- action: of the notices acted on in the month, and including open ones at their age at
-- the month's end.
with
    notices as (select * from {{ ref("fct_notices") }} where partner_id is not null),
    last_activity as (
        select greatest(max(received_month), max(closed_month)) as last_month
        from notices
    ),
    months as (
        select
            notices.*,
            cast(months.item as date) as report_month,
            cast(
                cast(
                    cast(months.item as date) + interval 1 month as date
                ) as {{ t_ts() }}
            ) as month_end_at
        from notices
        cross join
            last_activity
            {{
                explode_list(
                    month_series(
                        "notices.received_month",
                        "coalesce(notices.closed_month, last_activity.last_month)",
                    ),
                    "months",
                )
            }}
    ),
    timed as (
        select
            *,
            received_month = report_month as is_received,
            coalesce(closed_month > report_month, true) as is_open_at_end,
            case
                when is_timed and closed_month = report_month then seconds_to_action
            end as acted_seconds,
            case
                when coalesce(closed_month > report_month, true)
                then {{ seconds_between("received_at", "month_end_at") }}
            end as open_seconds
        from months
    ),
    summed as (
        select
            partner_id,
            report_month,
            count(*) filter (where is_received) as notice_count,
            count(*) filter (where is_received and is_judged) as judged_notice_count,
            count(*) filter (where is_received and is_standing) as valid_notice_count,
            count(*) filter (
                where is_received and is_withdrawn
            ) as withdrawn_notice_count,
            count(acted_seconds) as acted_notice_count,
            count(open_seconds) as open_notice_count,
            max(open_seconds) as oldest_open_seconds,
            {{ quantile("acted_seconds", 0.5) }} as median_acted_seconds,
            {{ quantile("coalesce(acted_seconds, open_seconds)", 0.5) }}
            as median_all_seconds
        from timed
        group by all
    )
select
    cast(partner_id as {{ t_str() }}) as partner_id,
    cast(report_month as date) as report_month,
    cast(notice_count as {{ t_bigint() }}) as notice_count,
    cast(valid_notice_count as {{ t_bigint() }}) as valid_notice_count,
    cast(withdrawn_notice_count as {{ t_bigint() }}) as withdrawn_notice_count,
    cast(judged_notice_count as {{ t_bigint() }}) as judged_notice_count,
    cast(
        {{ div_round("valid_notice_count", "judged_notice_count", 4) }}
        as {{ t_dec(18, 4) }}
    ) as notice_validity_rate,
    cast(acted_notice_count as {{ t_bigint() }}) as acted_notice_count,
    cast(open_notice_count as {{ t_bigint() }}) as open_notice_count,
    cast(
        {{ div_round("median_acted_seconds", "3600", 2) }} as {{ t_dec(18, 2) }}
    ) as median_hours_to_action,
    cast(
        {{ div_round("median_all_seconds", "3600", 2) }} as {{ t_dec(18, 2) }}
    ) as median_hours_with_open_notices,
    cast(
        {{ div_round("oldest_open_seconds", "3600", 2) }} as {{ t_dec(18, 2) }}
    ) as oldest_open_notice_hours
from summed
