{#- The first day of the UTC month of a naive instant or of a date. `date_trunc` returns
    a date on one engine and not on the other. -#}
{% macro first_of_month(instant) -%}
    cast(date_trunc('month', {{ instant }}) as date)
{%- endmacro %}
