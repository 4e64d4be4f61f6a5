{#- The type of text. -#}
{% macro t_str() %} {{ return(adapter.dispatch("t_str")()) }}{% endmacro %}
{% macro default__t_str() %} {{ return("varchar") }}{% endmacro %}
{% macro spark__t_str() %} {{ return("string") }}{% endmacro %}
