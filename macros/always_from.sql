{#- The start of an interval that has none: before anything a feed may tell. -#}
{% macro always_from() %} cast('1900-01-01 00:00:00' as {{ t_ts() }}){% endmacro %}
