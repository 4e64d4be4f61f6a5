{#- Whether a month, given by its first day, is calculated in this run: all months are,
    unless a correction or a closing sets the first and the last. -#}
{% macro months_in_scope(month) -%}
    {{ month }} between cast('{{ var("first_month", "0001-01-01") }}' as date) and cast(
        '{{ var("last_month", "9999-12-01") }}' as date
    )
{%- endmacro %}
