{#- The day on which the statement of a month is due and its rates apply: the 25th of the
    month after it (docs/money.md). The argument is the first day of the month. -#}
{% macro payment_date(month) -%}
    cast({{ month }} + interval '1' month as date) + 24
{%- endmacro %}
