{#- The first naive UTC instant that may belong to a month in a time zone: of the month's start there and in UTC the earlier, since plays
    count by their UTC date and generations by local time. -#}
{% macro month_starts_at(month, time_zone) %}
    {{ return(adapter.dispatch("month_starts_at")(month, time_zone)) }}
{% endmacro %}
{% macro default__month_starts_at(month, time_zone) -%}
    least(
        cast({{ month }} as timestamp),
        timezone('UTC', timezone({{ time_zone }}, cast({{ month }} as timestamp)))
    )
{%- endmacro %}
{% macro spark__month_starts_at(month, time_zone) -%}
    least(
        cast({{ month }} as timestamp_ntz),
        convert_timezone({{ time_zone }}, 'UTC', cast({{ month }} as timestamp_ntz))
    )
{%- endmacro %}
