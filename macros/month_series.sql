{#- The list of first days of the months from one month to another, including both. -#}
{% macro month_series(first_month, last_month) %}
    {{ return(adapter.dispatch("month_series")(first_month, last_month)) }}
{% endmacro %}
{% macro default__month_series(first_month, last_month) -%}
    cast(
        generate_series(
            cast({{ first_month }} as timestamp),
            cast({{ last_month }} as timestamp),
            interval 1 month
        ) as date[]
    )
{%- endmacro %}
{% macro spark__month_series(first_month, last_month) -%}
    case
        when {{ first_month }} <= {{ last_month }}
        then sequence({{ first_month }}, {{ last_month }}, interval 1 month)
    end
{%- endmacro %}
