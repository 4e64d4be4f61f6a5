-- One row per reason for a hold.
select
    cast(hold_bucket as {{ t_str() }}) as hold_bucket,
    cast(description as {{ t_str() }}) as description
from {{ ref("hold_buckets") }}
