{#- Whole billionths as an exact decimal. Division would return a double on one engine
    and lose digits on the other. -#}
{% macro nano_to_units(nano) -%}
    cast(
        cast({{ nano }} as decimal(28, 0))
        * cast('0.000000001' as decimal(9, 9)) as decimal(38, 9)
    )
{%- endmacro %}
