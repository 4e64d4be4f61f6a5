{#- The type of a naive UTC timestamp. Spark's own `timestamp` carries a zone. -#}
{% macro t_ts() %} {{ return(adapter.dispatch("t_ts")()) }}{% endmacro %}
{% macro default__t_ts() %} {{ return("timestamp") }}{% endmacro %}
{% macro spark__t_ts() %} {{ return("timestamp_ntz") }}{% endmacro %}
