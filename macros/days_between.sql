{#- Whole days from one date to a later one. The engines subtract dates differently. -#}
{% macro days_between(earlier, later) %}
    {{ return(adapter.dispatch("days_between")(earlier, later)) }}
{% endmacro %}
{% macro default__days_between(earlier, later) -%}
    date_diff('day', {{ earlier }}, {{ later }})
{%- endmacro %}
{% macro spark__days_between(earlier, later) -%}
    datediff({{ later }}, {{ earlier }})
{%- endmacro %}
