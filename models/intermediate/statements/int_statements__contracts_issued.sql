-- One row per contract with an issued statement, and one, `unallocated`, for the money
-- without a contract: the last issued month and its freeze. Later months are open; what
-- changes in the others is posted in the month after the last.
select
    contract_id,
    report_month as last_report_month,
    cast(
        date_trunc('month', report_month + interval '1' month) as date
    ) as next_report_month,
    known_at as last_known_at
from {{ ref("stg_ledger__statements") }}
qualify row_number() over (partition by contract_id order by report_month desc) = 1
