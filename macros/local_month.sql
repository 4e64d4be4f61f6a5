{#- First day of the month in which a naive UTC instant falls in a time zone (docs/money.md, "Two clocks"). -#}
{% macro local_month(instant, time_zone) %}
    {{ return(adapter.dispatch("local_month")(instant, time_zone)) }}
{% endmacro %}
{% macro default__local_month(instant, time_zone) -%}
    cast(
        date_trunc(
            'month', timezone({{ time_zone }}, timezone('UTC', {{ instant }}))
        ) as date
    )
{%- endmacro %}
{% macro spark__local_month(instant, time_zone) -%}
    cast(
        date_trunc(
            'month', convert_timezone('UTC', {{ time_zone }}, {{ instant }})
        ) as date
    )
{%- endmacro %}
