{#- An amount in the reporting currency at an indicative rate, with 6 decimals so that sums of rows equal the sum shown. The types keep
    the product within 38 digits, which Spark would else cut. -#}
{% macro reporting_amount(amount, rate) -%}
    cast(
        cast({{ amount }} as {{ t_dec(19, 6) }})
        * cast({{ rate }} as {{ t_dec(18, 8) }}) as {{ t_dec(24, 6) }}
    )
{%- endmacro %}
