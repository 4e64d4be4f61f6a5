-- One row per report month, derivative that was available in it, source, name that has
-- to be shown, and partner whose owners hold the source at the end of the month;
-- without such a partner one row with none. Credits count from the month in which they
-- were displayed.
with
    names_required as (select * from {{ ref("int_credits__names_required") }}),
    objects_matched as (select * from {{ ref("int_partners__objects_matched") }}),
    months as (
        select
            report_month,
            cast(report_month as {{ t_ts() }}) as month_start_at,
            cast(
                cast(report_month + interval 1 month as date) as {{ t_ts() }}
            ) as month_end_at
        from {{ ref("int_statements__months") }}
    ),
    available as (
        select months.*, names_required.*
        from names_required
        inner join
            months
            on names_required.published_at < months.month_end_at
            and coalesce(names_required.disabled_at > months.month_start_at, true)
    ),
    object_months as (
        select distinct report_month, month_end_at, object_type, object_id
        from available
        where object_id is not null
    ),
    partners as (
        select distinct
            object_months.report_month,
            object_months.object_type,
            object_months.object_id,
            objects_matched.partner_id
        from object_months
        inner join
            objects_matched
            on objects_matched.object_type = object_months.object_type
            and objects_matched.object_id = object_months.object_id
            and objects_matched.side = case
                object_months.object_type when 'recording' then 'MASTER' else 'WORK'
            end
            and objects_matched.valid_from < object_months.month_end_at
            and coalesce(objects_matched.valid_to, {{ always_to() }})
            >= object_months.month_end_at
    )
select
    available.report_month,
    available.derivative_id,
    available.product_id,
    available.object_type,
    available.object_id,
    available.party_id,
    partners.partner_id,
    available.has_identifier,
    available.published_at,
    case
        when
            available.credit_state = 'shown'
            and available.displayed_from >= available.month_end_at
        then 'not_shown'
        else available.credit_state
    end as credit_state
from available
left join
    partners
    on partners.report_month = available.report_month
    and partners.object_type = available.object_type
    and partners.object_id = available.object_id
