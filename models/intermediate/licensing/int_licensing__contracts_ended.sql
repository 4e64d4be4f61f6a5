-- One row per contract: when the last of its versions ends; without an end, at the end
-- of time.
select contract_id, max(coalesce(valid_to, {{ always_to() }})) as ends_at
from {{ ref("stg_licensing__contracts") }}
group by all
