{#- The widest exact whole number of the engine (38 digits), for intermediate products only. -#}
{% macro t_wide_int() %} {{ return(adapter.dispatch("t_wide_int")()) }}{% endmacro %}
{% macro default__t_wide_int() %} {{ return("hugeint") }}{% endmacro %}
{% macro spark__t_wide_int() %} {{ return("decimal(38,0)") }}{% endmacro %}
