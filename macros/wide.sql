{#- Casts to the widest whole number. The operand must already be whole: a cast rounds
    on DuckDB and truncates on Spark. -#}
{% macro wide(expression) %} cast({{ expression }} as {{ t_wide_int() }}){% endmacro %}
