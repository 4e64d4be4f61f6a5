{#- Whole minor units of a currency with 0 to 3 decimals as an amount with 3 decimals. A
    currency with 4 gives null, which the contracts' tests refuse: no payout currency
    has 4 decimals. -#}
{% macro minor_units_to_amount(units, digits) -%}
    cast(
        cast(
            {{ units }} * case
                {{ digits }}
                when 0
                then 1000
                when 1
                then 100
                when 2
                then 10
                when 3
                then 1
            end as decimal(24, 0)
        )
        * cast('0.001' as decimal(4, 3)) as {{ t_dec(24, 3) }}
    )
{%- endmacro %}
