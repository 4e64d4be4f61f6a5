-- One row per delivery in the register, including refused, ignored and duplicate ones,
-- and per unfinished one, which has rows in the lake.
with
    late_deliveries as (
        select delivery_id, max(known_from) as known_from
        from {{ source("raw", "raw_run__late_deliveries") }}
        group by delivery_id
    )
select
    deliveries.delivery_id,
    deliveries.name,
    deliveries.source,
    deliveries.feed,
    deliveries.sha256,
    deliveries.state,
    deliveries.reason,
    deliveries.warnings,
    deliveries.ignored_columns,
    deliveries.bytes,
    deliveries.rows_read,
    deliveries.rows_loaded,
    deliveries.rows_quarantined,
    deliveries.rows_duplicate,
    deliveries.registered_at,
    late_deliveries.known_from
from {{ source("raw", "raw_door__deliveries") }} as deliveries
left join late_deliveries on late_deliveries.delivery_id = deliveries.delivery_id
