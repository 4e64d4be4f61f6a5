{#- First day of the month in which a naive UTC instant falls in a time zone (docs/money.md, "Two clocks"). `month_starts` is the row of
    stg_calendar__month_starts for that zone and for the instant's month in UTC, left joined: without one, the month is UTC's. A zone is
    less than a day from UTC, so that it is in that month, the one before or the one after. -#}
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
