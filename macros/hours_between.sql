{#- Whole hours from one naive UTC instant to a later one, cut, not rounded. -#}
{% macro hours_between(earlier, later) -%}
    {{ int_div(seconds_between(earlier, later), 3600) }}
{%- endmacro %}
