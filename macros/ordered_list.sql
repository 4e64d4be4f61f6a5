{#- The distinct, ascending, non-null texts of a group joined by a separator. The engines' own ordered aggregates differ. -#}
{% macro ordered_list(expression, separator) %}
    {{ return(adapter.dispatch("ordered_list")(expression, separator)) }}
{% endmacro %}
{% macro default__ordered_list(expression, separator) -%}
    string_agg(distinct {{ expression }}, '{{ separator }}' order by {{ expression }})
{%- endmacro %}
{% macro spark__ordered_list(expression, separator) -%}
    nullif(array_join(sort_array(collect_set({{ expression }})), '{{ separator }}'), '')
{%- endmacro %}
