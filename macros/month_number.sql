{#- The number of a month, given by its first day: months since the year 0. -#}
{% macro month_number(month) -%}
    (
        cast(extract(year from {{ month }}) as {{ t_bigint() }}) * 12
        + cast(extract(month from {{ month }}) as {{ t_bigint() }})
    )
{%- endmacro %}
