{#- The end of an open interval. -#}
{% macro always_to() %} cast('9999-12-31 00:00:00' as {{ t_ts() }}){% endmacro %}
