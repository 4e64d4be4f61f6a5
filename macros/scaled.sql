{#- An exact decimal as a whole number of its `scale`-th fractions, e.g. cents for scale
    2. Multiplying a decimal to add digits overflows its type, so the decimal is first
    cast to that scale and then read as an integer. -#}
{% macro scaled(expression, scale, digits=38) %}
    {{ return(adapter.dispatch("scaled")(expression, scale, digits)) }}
{% endmacro %}
{% macro default__scaled(expression, scale, digits) -%}
    cast(
        cast({{ expression }} as decimal(28,{{ scale }}))
        * {{ pow10(scale) }} as hugeint
    )
{%- endmacro %}
{% macro spark__scaled(expression, scale, digits) -%}
    cast(
        cast({{ expression }} as decimal({{ 37 - scale }},{{ scale }}))
        * cast('1{{ "0" * scale }}' as decimal({{ scale + 1 }}, 0)) as decimal(38, 0)
    )
{%- endmacro %}
