{#- The start of an interval without a start: earlier than any instant in a feed. -#}
{% macro always_from() %} cast('1900-01-01 00:00:00' as {{ t_ts() }}){% endmacro %}
