{#- Schemas are public names (`marts`, `reports`, …): the folder's schema is used as it stands, without a prefix. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}
