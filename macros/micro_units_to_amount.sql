{#- Whole millionths as an amount of 6 decimals, the precision in which fees are kept. -#}
{% macro micro_units_to_amount(units) -%}
    cast(
        cast({{ units }} as decimal(24, 0))
        * cast('0.000001' as decimal(7, 6)) as {{ t_dec(24, 6) }}
    )
{%- endmacro %}
