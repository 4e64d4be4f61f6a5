-- Amounts put on hold, less those returned and paid, with adjustments, equal the lines
-- on hold for removals. A difference means that a movement is missing or counted twice.
with
    moved as (
        select
            report_month,
            contract_id,
            currency_code,
            sum(
                case when movement in ('held', 'adjusted') then amount else - amount end
            ) as amount
        from {{ ref("fct_removal_money") }}
        group by report_month, contract_id, currency_code
    ),
    held as (
        select report_month, contract_id, currency_code, sum(amount) as amount
        from {{ ref("fct_compensation_lines") }}
        where hold_bucket = 'REMOVAL' and contract_id is not null
        group by report_month, contract_id, currency_code
    )
select
    held.report_month,
    held.contract_id,
    held.currency_code,
    held.amount as held_amount,
    moved.amount as moved_amount
from held
left join
    moved
    on moved.report_month = held.report_month
    and moved.contract_id = held.contract_id
    and moved.currency_code = held.currency_code
where coalesce(moved.amount, 0) <> held.amount
