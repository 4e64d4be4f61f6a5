{#- Whether a month, given by its first day, is calculated in this run. All months are,
    unless the first is set (by a build that keeps months, a closing, a correction or a
    simulation) or the last (by all of these but a build). -#}
{% macro months_in_scope(month) -%}
    {{ month }} between cast('{{ var("first_month", "0001-01-01") }}' as date) and cast(
        '{{ var("last_month", "9999-12-01") }}' as date
    )
{%- endmacro %}
