-- Every part of a use has a contract, a hold bucket or a reason for exclusion; nothing
-- is lost.
select use_batch_number, side, object_id
from {{ ref("fct_use_groups") }}
where contract_id is null and hold_bucket is null and exclusion_reason is null
