{#- The type of whole numbers with up to 18 digits. -#}
{% macro t_bigint() %} {{ return("bigint") }}{% endmacro %}
