{#- One row per item of a list column with its position in the list: `<alias>.item`,
    `<alias>.place`. The engines' functions start from different numbers, so a position
    is only useful for sorting. -#}
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
