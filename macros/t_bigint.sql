{#- The type of a whole number of up to 18 digits. -#}
{% macro t_bigint() %} {{ return("bigint") }}{% endmacro %}
