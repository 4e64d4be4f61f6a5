-- One row per delivery in the register, refused, ignored and duplicate ones included.
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
