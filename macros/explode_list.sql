{#- One row per item of a list column: a lateral join to be written after `from
    <relation>`; `<alias>.item` is the item. An empty or absent list gives no row. -#}
{% macro explode_list(column, alias) %}
    {{ return(adapter.dispatch("explode_list")(column, alias)) }}
{% endmacro %}
{% macro default__explode_list(column, alias) -%}
    cross join lateral(select unnest({{ column }}) as item) as {{ alias }}
{%- endmacro %}
{% macro spark__explode_list(column, alias) -%}
    cross join lateral(select explode({{ column }}) as item) as {{ alias }}
{%- endmacro %}
