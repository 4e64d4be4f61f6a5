{#- Whole millionths as an amount with 6 decimals, the precision of fees. -#}
{% macro micro_units_to_amount(units) -%}
    cast(
        cast({{ units }} as decimal(24, 0))
        * cast('0.000001' as decimal(7, 6)) as {{ t_dec(24, 6) }}
    )
{%- endmacro %}
