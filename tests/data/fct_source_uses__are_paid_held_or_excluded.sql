-- Every part of a use reaches a contract, a hold bucket or a reason; nothing vanishes.
select use_id, side, object_id
from {{ ref("fct_source_uses") }}
where
    case when contract_id is not null then 1 else 0 end
    + case when contract_id is null and hold_bucket is not null then 1 else 0 end
    + case when exclusion_reason is not null then 1 else 0 end
    <> 1
