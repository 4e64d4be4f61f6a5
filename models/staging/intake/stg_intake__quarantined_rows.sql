-- One row per delivery and row that the intake rejected.
select
    delivery_id,
    row_number,
    source,
    feed,
    original_text,
    broken_rules,
    details,
    retried_as,
    quarantined_at
from {{ source("raw", "raw_door__quarantined_rows") }}
