{#- The start of an interval without one: before any instant that a feed may have. -#}
{% macro always_from() %} cast('1900-01-01 00:00:00' as {{ t_ts() }}){% endmacro %}
