-- One row per reporting time zone and month, 2015 to 2039: when it begins and ends.
select time_zone, month, starts_at, next_starts_at, tzdata_version
from {{ source("raw", "raw_calendar__month_starts") }}
