{#- The sign of a whole number or a decimal: 1, 0 or -1. `sign()` is a double on Spark,
    and would make a double of its product. -#}
{% macro sign_of(expression) -%}
    case
        when ({{ expression }}) > 0 then 1 when ({{ expression }}) < 0 then -1 else 0
    end
{%- endmacro %}
