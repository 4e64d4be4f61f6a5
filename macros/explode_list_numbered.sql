{#- One row per item of a list column with its place in the list: `<alias>.item`, `<alias>.place`. The engines' functions differ, and so
    does the number that they start from: a place is only good for sorting. -#}
{% macro explode_list_numbered(column, alias) %}
    {{ return(adapter.dispatch("explode_list_numbered")(column, alias)) }}
{% endmacro %}
{% macro default__explode_list_numbered(column, alias) -%}
    cross join
        lateral(
            select
                unnest({{ column }}) as item,
                generate_subscripts({{ column }}, 1) as place
        ) as {{ alias }}
{%- endmacro %}
{% macro spark__explode_list_numbered(column, alias) -%}
    cross join lateral(select posexplode({{ column }}) as (place, item)) as {{ alias }}
{%- endmacro %}
