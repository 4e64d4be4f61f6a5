{#- Whether a month, as its first day, is among those that this run values: all of them, unless a correction or a closing
    names the first and the last. -#}
{% macro months_in_scope(month) -%}
    {{ month }} between cast('{{ var("first_month", "0001-01-01") }}' as date) and cast(
        '{{ var("last_month", "9999-12-01") }}' as date
    )
{%- endmacro %}
