-- One row per delivery in the register, including refused, ignored and duplicate ones.
select
    delivery_id,
    name,
    source,
    feed,
    sha256,
    state,
    reason,
    warnings,
    ignored_columns,
    bytes,
    rows_read,
    rows_loaded,
    rows_quarantined,
    rows_duplicate,
    registered_at
from {{ source("raw", "raw_door__deliveries") }}
