{#- `a * b / c` of non-negative whole numbers, rounded down (see `long_division`). -#}
{% macro mul_div_floor(a, b, c) -%}
    ({{ long_division(a, b, c).quotients | join(" + ") }})
{%- endmacro %}
