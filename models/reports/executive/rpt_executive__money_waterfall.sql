-- One row per month, step, partner, product, territory, side, hold bucket and currency:
-- the flow of money, with names. Amounts are signed, so that the steps of a chain sum
-- to its result.
{%- set steps = [
    "net_revenue",
    "contract_fees",
    "accrued",
    "kept_by_service",
    "earned",
    "training_fees",
    "adjustments",
    "held",
    "carried_in",
    "umbrella_fee",
    "guarantee",
    "reserve_taken",
    "reserve_released",
    "recouped",
    "tax",
    "penalty",
    "resumed",
    "suspended",
    "carried_out",
    "payable",
] %}
with
    money_steps as (select * from {{ ref("fct_money_steps") }}),
    products as (select * from {{ ref("dim_products") }}),
    partners as (select * from {{ ref("dim_partners") }})
select
    cast(money_steps.report_month as date) as report_month,
    cast(
        case
            money_steps.step_name
            {%- for step in steps %}
                when '{{ step }}' then {{ loop.index }}
            {%- endfor %}
        end as {{ t_bigint() }}
    ) as step_number,
    cast(money_steps.step_name as {{ t_str() }}) as step_name,
    cast(money_steps.partner_id as {{ t_str() }}) as partner_id,
    cast(partners.partner_name as {{ t_str() }}) as partner_name,
    cast(money_steps.product_id as {{ t_str() }}) as product_id,
    cast(products.product_name as {{ t_str() }}) as product_name,
    cast(money_steps.territory as {{ t_str() }}) as territory,
    cast(money_steps.side as {{ t_str() }}) as side,
    cast(money_steps.hold_bucket as {{ t_str() }}) as hold_bucket,
    cast(money_steps.amount as {{ t_dec(24, 6) }}) as amount,
    cast(money_steps.currency_code as {{ t_str() }}) as currency_code,
    cast(money_steps.reporting_amount as {{ t_dec(24, 6) }}) as reporting_amount,
    cast(
        money_steps.reporting_currency_code as {{ t_str() }}
    ) as reporting_currency_code,
    money_steps.step_name in ('kept_by_service', 'payable') as is_result
from money_steps
left join partners on partners.partner_id = money_steps.partner_id
left join products on products.product_id = money_steps.product_id
