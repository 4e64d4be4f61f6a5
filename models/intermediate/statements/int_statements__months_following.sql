-- One row per contract and open month that is followed by another, with the month of
-- the contract's next statement, which gets the effects of issuing the month. A
-- contract that has ended has it in the next month of the others.
with
    issued as (select * from {{ ref("int_ledger__contracts_issued") }}),
    contract_ends as (select * from {{ ref("int_licensing__contracts_ended") }}),
    months as (
        select
            report_month,
            cast(
                date_trunc('month', report_month + interval '1' month) as date
            ) as own_next_month,
            max(report_month) over () as last_month
        from {{ ref("int_statements__months") }}
    ),
    common as (
        select
            cast(
                date_trunc('month', max(last_report_month) + interval '1' month) as date
            ) as common_next_month
        from issued
    ),
    followed as (
        select
            contract_ends.contract_id,
            months.report_month as usage_month,
            months.last_month,
            case
                when
                    contract_ends.ends_at <= cast(months.own_next_month as {{ t_ts() }})
                then
                    greatest(
                        months.own_next_month,
                        coalesce(common.common_next_month, months.own_next_month)
                    )
                else months.own_next_month
            end as report_month
        from contract_ends
        cross join months
        cross join common
        left join issued on issued.contract_id = contract_ends.contract_id
        where
            issued.contract_id is null or months.report_month > issued.last_report_month
    )
select contract_id, usage_month, report_month
from followed
where report_month <= last_month
