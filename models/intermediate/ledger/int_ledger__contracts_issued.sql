-- One row per contract with an issued statement, and one, `unallocated`, for money
-- without a contract: the last issued month and its freeze. Later months are open;
-- changes to the others are posted in the month after the last. A contract that has
-- ended and has needed no statements since has its next one in the same month as the
-- others.
with
    issued as (
        select
            contract_id,
            report_month as last_report_month,
            cast(
                date_trunc('month', report_month + interval '1' month) as date
            ) as own_next_month,
            cast(
                date_trunc(
                    'month', max(report_month) over () + interval '1' month
                ) as date
            ) as common_next_month
        from {{ ref("stg_ledger__statements") }}
        qualify
            row_number() over (partition by contract_id order by report_month desc) = 1
    ),
    contract_ends as (select * from {{ ref("int_licensing__contracts_ended") }})
select
    issued.contract_id,
    issued.last_report_month,
    case
        when contract_ends.ends_at <= cast(issued.own_next_month as {{ t_ts() }})
        then issued.common_next_month
        else issued.own_next_month
    end as next_report_month
from issued
left join contract_ends on contract_ends.contract_id = issued.contract_id
