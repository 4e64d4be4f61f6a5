{#- An amount that is already rounded to its currency, such as an issued one, as whole
    minor units, without rounding. -#}
{% macro stored_minor_units(amount, digits) -%}
    cast(
        cast({{ amount }} as {{ t_dec(24, 3) }}) * case
            {{ digits }} when 0 then 1 when 1 then 10 when 2 then 100 when 3 then 1000
        end as {{ t_wide_int() }}
    )
{%- endmacro %}
