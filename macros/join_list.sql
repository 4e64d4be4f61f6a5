{#- The items of a list column in ascending order, joined by a separator; null for an
    absent or empty list. The function has different names on the engines. -#}
{% macro join_list(column, separator) %}
    {{ return(adapter.dispatch("join_list")(column, separator)) }}
{% endmacro %}
{% macro default__join_list(column, separator) -%}
    nullif(array_to_string(array_sort({{ column }}), '{{ separator }}'), '')
{%- endmacro %}
{% macro spark__join_list(column, separator) -%}
    nullif(array_join(array_sort({{ column }}), '{{ separator }}'), '')
{%- endmacro %}
