{#- The first day of the month of a naive UTC instant in a time zone (docs/money.md,
    "Two clocks"). `month_starts` is the row of stg_calendar__month_starts for that zone
    and for the instant's month in UTC, left joined; without such a row, the month in
    UTC is used. A zone is less than a day from UTC, so the month is the same, the
    previous or the next. -#}
{% macro local_month(instant, month_starts) -%}
    cast(
        case
            when {{ instant }} < {{ month_starts }}.starts_at
            then {{ months_after(month_starts ~ ".month", -1) }}
            when {{ instant }} >= {{ month_starts }}.next_starts_at
            then {{ months_after(month_starts ~ ".month", 1) }}
            else date_trunc('month', {{ instant }})
        end as date
    )
{%- endmacro %}
