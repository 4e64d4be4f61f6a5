{#- The first day of a month, a number of months later. The engines add a column of
    months differently. -#}
{% macro months_after(month, count) %}
    {{ return(adapter.dispatch("months_after")(month, count)) }}
{% endmacro %}
{% macro default__months_after(month, count) -%}
    ({{ month }} + {{ count }} * interval '1' month)
{%- endmacro %}
{% macro spark__months_after(month, count) -%}
    add_months({{ month }}, {{ count }})
{%- endmacro %}
