{#- The remainder of `mul_div_floor`: `a * b % c` of non-negative whole numbers (see
    `long_division`). -#}
{% macro mul_div_rest(a, b, c) -%} {{ long_division(a, b, c).rest }} {%- endmacro %}
