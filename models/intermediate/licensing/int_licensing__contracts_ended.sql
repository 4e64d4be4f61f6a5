-- One row per contract: the end of its last version; without an end, the end of time.
select contract_id, max(coalesce(valid_to, {{ always_to() }})) as ends_at
from {{ ref("stg_licensing__contracts") }}
group by all
