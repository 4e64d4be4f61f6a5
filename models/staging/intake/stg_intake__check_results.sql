-- One row per run of the expectation suites, table and check.
select
    run_id,
    table_name,
    check_name,
    severity,
    outcome,
    reason,
    unexpected_count,
    sequence as run_number,
    checked_at
from {{ source("raw", "raw_door__check_results") }}
