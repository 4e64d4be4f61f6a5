-- One row per month, step, partner, side and hold bucket: from net revenue to the
-- amount due in the reporting currency. Amounts are signed, so that the steps before a
-- result sum to it: gross earnings, then amount due.
{%- set steps = [
    "net_revenue",
    "service_margin",
    "no_payee",
    "exchange_difference",
    "training_fees",
    "gross_earnings",
    "on_hold",
    "adjustments",
    "carried_in",
    "guarantee",
    "reserve_released",
    "resumed",
    "umbrella_fee",
    "reserve_taken",
    "recouped",
    "tax",
    "penalty",
    "suspended",
    "carried_out",
    "amount_due",
] %}
{#- The waterfall's name of a step of the bridge, if the waterfall has that step. -#}
{%- set renamed = {
    "service_margin": "kept_by_service",
    "no_payee": "accrued",
    "on_hold": "held",
    "amount_due": "payable",
} %}
with
    money_steps as (
        select
            *,
            case
                {%- for step, name in renamed.items() %}
                    when step_name = '{{ name }}' then '{{ step }}'
                {%- endfor %}
                -- Contract fees are in the pools' currencies, earnings in payout
                -- currencies: the difference consists of rates, rounding and
                -- restatement.
                when step_name in ('contract_fees', 'earned')
                then 'exchange_difference'
                else step_name
            end as bridge_step_name
        from {{ ref("fct_money_steps") }}
    ),
    steps as (
        select
            report_month,
            bridge_step_name as step_name,
            partner_id,
            side,
            hold_bucket,
            case
                bridge_step_name
                when 'service_margin'
                then - reporting_amount
                else reporting_amount
            end as amount
        from money_steps
        union all
        select
            report_month,
            'gross_earnings' as step_name,
            partner_id,
            side,
            cast(null as {{ t_str() }}) as hold_bucket,
            reporting_amount as amount
        from money_steps
        where step_name in ('earned', 'training_fees')
    ),
    summed as (
        select
            report_month,
            step_name,
            partner_id,
            side,
            hold_bucket,
            sum(amount) as amount
        from steps
        group by report_month, step_name, partner_id, side, hold_bucket
    )
select
    cast(report_month as date) as report_month,
    cast(
        case
            step_name
            {%- for step in steps %}
                when '{{ step }}' then {{ loop.index }}
            {%- endfor %}
        end as {{ t_bigint() }}
    ) as step_number,
    cast(step_name as {{ t_str() }}) as step_name,
    cast(partner_id as {{ t_str() }}) as partner_id,
    cast(side as {{ t_str() }}) as side,
    cast(hold_bucket as {{ t_str() }}) as hold_bucket,
    cast(amount as {{ t_dec(24, 6) }}) as amount,
    cast('{{ var("reporting_currency_code") }}' as {{ t_str() }}) as currency_code,
    step_name in ('gross_earnings', 'amount_due') as is_result
from summed
where amount <> 0 or step_name in ('gross_earnings', 'amount_due')
