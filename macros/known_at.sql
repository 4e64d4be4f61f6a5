{#- The freeze as a naive UTC timestamp. -#}
{% macro known_at() %} cast('{{ var("known_at") }}' as {{ t_ts() }}){% endmacro %}
