{#- Ten to a whole power as a wide integer literal. -#}
{% macro pow10(exponent) %}
    cast('1{{ "0" * exponent }}' as {{ t_wide_int() }})
{% endmacro %}
