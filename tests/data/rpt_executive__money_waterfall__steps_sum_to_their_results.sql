-- The kept amount is revenue less fees and accruals; the payable amount is earnings
-- less amounts held and carried. If a month and currency does not add up, the
-- executives' page and the statements contradict each other: compare
-- rpt_executive__money_waterfall with the lines.
with
    chains as (
        select
            report_month,
            currency_code,
            partner_id,
            step_number <= 4 as is_pool_chain,
            sum(case when is_result then amount else 0 end) as result_amount,
            sum(case when is_result then 0 else amount end) as steps_amount
        from
            (
                select
                    report_month,
                    currency_code,
                    case when step_number > 4 then partner_id end as partner_id,
                    step_number,
                    is_result,
                    amount
                from {{ ref("rpt_executive__money_waterfall") }}
            ) as steps
        group by all
    )
select
    report_month, currency_code, partner_id, is_pool_chain, result_amount, steps_amount
from chains
where result_amount <> steps_amount
