-- One row per partner, month and currency with money that was put on hold for a removal
-- or left such a hold: returns to the pool and payments on reinstatement are separate.
with removal_money as (select * from {{ ref("fct_removal_money") }})
select
    cast(partner_id as {{ t_str() }}) as partner_id,
    cast(report_month as date) as report_month,
    cast(currency_code as {{ t_str() }}) as currency_code,
    {%- for movement in [
        "held",
        "returned_to_pool",
        "paid_on_reinstatement",
        "adjusted",
    ] %}
        cast(
            sum(
                case
                    when movement = '{{ movement }}'
                    then amount
                    else cast(0 as {{ t_dec(24, 3) }})
                end
            ) as {{ t_dec(24, 3) }}
        ) as {{ movement }}_amount
        {{- "," if not loop.last }}
    {%- endfor %}
from removal_money
group by partner_id, report_month, currency_code
