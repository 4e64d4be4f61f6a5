{#- Schemas have public names (`marts`, `reports`, …): the folder's schema is used
    without a prefix. On Spark, homes share a catalogue, so there each home's schemas
    begin with a unique name. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ return(adapter.dispatch("generate_schema_name")(custom_schema_name, node)) }}
{%- endmacro %}
{% macro default__generate_schema_name(custom_schema_name, node) -%}
    {{ return(custom_schema_name or target.schema) }}
{%- endmacro %}
{% macro spark__generate_schema_name(custom_schema_name, node) -%}
    {{ return([target.schema, custom_schema_name] | select | join("_")) }}
{%- endmacro %}
