{#- An amount in the reporting currency at an indicative rate, with 6 decimals so that
    sums of rows equal the displayed sum. Whole units and their fraction are multiplied
    separately, because together they would need 42 digits, and Spark cuts digits beyond
    38. -#}
{% macro reporting_amount(amount, rate) -%}
    {%- set precise = "cast(" ~ amount ~ " as " ~ t_dec(24, 6) ~ ")" -%}
    {%- set exact_rate = "cast(" ~ rate ~ " as " ~ t_dec(18, 8) ~ ")" -%}
    cast(
        cast(
            cast({{ precise }} - {{ precise }} % 1 as {{ t_dec(19, 0) }})
            * {{ exact_rate }} as {{ t_dec(26, 8) }}
        ) + cast(
            cast({{ precise }} % 1 as {{ t_dec(19, 6) }})
            * {{ exact_rate }} as {{ t_dec(25, 14) }}
        ) as {{ t_dec(24, 6) }}
    )
{%- endmacro %}
