-- One row per contract version that a higher one replaces for all of its validity: none
-- of its terms counts, and neither do sums that it names once, such as an advance or a
-- training fee.
with contracts as (select * from {{ ref("stg_licensing__contracts") }})
select distinct lower.contract_id, lower.contract_version
from contracts as lower
inner join
    contracts as higher
    on higher.contract_id = lower.contract_id
    and higher.contract_version > lower.contract_version
    and higher.valid_from <= lower.valid_from
    and coalesce(higher.valid_to, {{ always_to() }})
    >= coalesce(lower.valid_to, {{ always_to() }})
