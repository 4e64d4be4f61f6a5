-- One row per report month that anybody's statement was issued for, with the freeze of
-- the first: what was known of the month's usage by then is timely, the rest is late
-- (docs/money.md, "Late usage").
select report_month as usage_month, min(known_at) as first_known_at
from {{ ref("stg_ledger__statements") }}
group by all
