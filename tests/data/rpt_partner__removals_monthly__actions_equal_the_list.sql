-- The month's counts are those of the partner's list of actions; if they are not, one
-- of the two reports lacks an action.
with
    monthly as (
        select
            partner_id,
            report_month,
            sum(action_count) as action_count,
            sum(removal_action_count) as removal_count,
            sum(overturned_action_count) as overturned_count
        from {{ ref("rpt_partner__removals_monthly") }}
        group by all
    ),
    listed as (
        select
            partner_id,
            report_month,
            count(*) as action_count,
            count(*) filter (where is_removal) as removal_count,
            count(*) filter (where is_overturned) as overturned_count
        from {{ ref("rpt_partner__removal_actions") }}
        where is_new
        group by all
    )
select listed.partner_id, listed.report_month
from listed
left join
    monthly
    on monthly.partner_id = listed.partner_id
    and monthly.report_month = listed.report_month
where
    coalesce(monthly.action_count, 0) <> listed.action_count
    or monthly.removal_count <> listed.removal_count
    or monthly.overturned_count <> listed.overturned_count
