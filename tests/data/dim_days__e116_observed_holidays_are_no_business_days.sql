-- Independence Day 2026 is observed on Friday 3 July: Monday 6 July is business day 1
-- after it, 17 July the 10th and 23 July the 14th (E116). Another count means that the
-- holidays or the days of the week are wrong.
with
    days as (select * from {{ ref("dim_days") }}),
    third as (select * from days where day_date = date '2026-07-03')
select
    days.day_date, days.us_business_day_number - third.us_business_day_number as number
from days
cross join third
where
    (days.day_date = date '2026-07-03' and days.is_us_business_day)
    or (days.day_date = date '2026-07-03' and days.weekday_number <> 5)
    or (
        days.day_date = date '2026-07-06'
        and days.us_business_day_number - third.us_business_day_number <> 1
    )
    or (
        days.day_date = date '2026-07-17'
        and days.us_business_day_number - third.us_business_day_number <> 10
    )
    or (
        days.day_date = date '2026-07-23'
        and days.us_business_day_number - third.us_business_day_number <> 14
    )
