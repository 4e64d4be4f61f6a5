-- One row per report month with any issued statement, with the freeze of the first:
-- usage of the month that was known by then is timely, the rest is late (docs/money.md,
-- "Late usage").
select report_month as usage_month, min(known_at) as first_known_at
from {{ ref("stg_ledger__statements") }}
group by all
