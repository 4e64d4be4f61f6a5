-- Net revenue less the margin, amounts without a payee and exchange differences are the
-- gross earnings; those and the following steps are the amount due. If a month does not
-- add up, the bridge on the first page is wrong: compare rpt_executive__money_bridge
-- with rpt_executive__money_waterfall.
with
    sums as (
        select
            report_month,
            sum(case when step_number < 6 then amount else 0 end) as before_amount,
            sum(
                case when step_name = 'gross_earnings' then amount else 0 end
            ) as gross_amount,
            sum(
                case when step_number between 6 and 19 then amount else 0 end
            ) as all_amount,
            sum(case when step_name = 'amount_due' then amount else 0 end) as due_amount
        from {{ ref("rpt_executive__money_bridge") }}
        group by report_month
    )
select report_month, before_amount, gross_amount, all_amount, due_amount
from sums
where abs(all_amount - due_amount) > 0.01 or abs(before_amount - gross_amount) > 0.01
