-- Rows are advances and reserves whose opening differs from the closing of the month
-- before.
with
    balances as (select * from {{ ref("fct_balances") }}),
    followed as (
        select
            *,
            lag(closing_amount) over (
                partition by contract_id, balance_kind order by report_month
            ) as closed_amount,
            lag(report_month) over (
                partition by contract_id, balance_kind order by report_month
            ) as closed_month
        from balances
        where balance_kind in ('advance', 'reserve')
    )
select *
from followed
where
    opening_amount <> closed_amount
    and report_month = cast({{ months_after("closed_month", "1") }} as date)
