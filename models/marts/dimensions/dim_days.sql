-- One row per day from 2015 to 2042: the calendar for metrics, with the business days
-- that determine the windows of counter notices.
with
    holidays as (select * from {{ ref("us_federal_holidays") }}),
    digits as (
        {%- for digit in range(10) %}
            select {{ digit }} as digit {{ "union all" if not loop.last }}
        {%- endfor %}
    ),
    numbers as (
        select
            cast(
                ones.digit
                + 10 * tens.digit
                + 100 * hundreds.digit
                + 1000 * thousands.digit as int
            ) as day_number
        from digits as ones
        cross join digits as tens
        cross join digits as hundreds
        cross join digits as thousands
    ),
    -- The first day is a Thursday, the fourth day of the week.
    days as (
        select
            cast('2015-01-01' as date) + day_number as day_date,
            (day_number + 3) % 7 + 1 as weekday_number
        from numbers
    ),
    assessed as (
        select
            days.day_date,
            days.weekday_number,
            days.weekday_number <= 5
            and holidays.holiday_date is null as is_us_business_day
        from days
        left join holidays on holidays.holiday_date = days.day_date
    )
select
    cast(day_date as date) as day_date,
    cast({{ first_of_month("day_date") }} as date) as report_month,
    cast(weekday_number as {{ t_bigint() }}) as weekday_number,
    is_us_business_day,
    cast(
        sum(case when is_us_business_day then 1 else 0 end) over (
            order by day_date rows between unbounded preceding and current row
        ) as {{ t_bigint() }}
    ) as us_business_day_number
from assessed
