-- One row per day from 2015 to 2042: the calendar on which metrics stand.
with
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
    days as (select cast('2015-01-01' as date) + day_number as day_date from numbers)
select
    cast(day_date as date) as day_date,
    cast({{ first_of_month("day_date") }} as date) as report_month
from days
