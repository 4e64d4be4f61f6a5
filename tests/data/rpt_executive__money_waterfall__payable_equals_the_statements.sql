-- A total on the executives' page equals the partners' statements to the cent, per
-- month, partner and currency. If it does not, compare the steps with fct_statements.
with
    steps as (
        select report_month, partner_id, currency_code, sum(amount) as amount
        from {{ ref("rpt_executive__money_waterfall") }}
        where step_name = 'payable'
        group by all
    ),
    statements as (
        select
            report_month,
            partner_id,
            currency_code,
            sum(payable_amount) as payable_amount
        from {{ ref("fct_statements") }}
        group by all
    )
select report_month, partner_id, currency_code, amount, payable_amount
from steps
full outer join statements using (report_month, partner_id, currency_code)
where amount is distinct from payable_amount
