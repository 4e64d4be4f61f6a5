-- One row per delivery that the intake examined, with the outcome, and per unfinished
-- one.
select
    cast(delivery_id as {{ t_str() }}) as delivery_id,
    cast(name as {{ t_str() }}) as name,
    cast(source as {{ t_str() }}) as source,
    cast(feed as {{ t_str() }}) as feed,
    cast(sha256 as {{ t_str() }}) as sha256,
    cast(state as {{ t_str() }}) as state,
    cast(reason as {{ t_str() }}) as reason,
    cast(warnings as {{ t_str() }}) as warnings,
    cast({{ join_list("ignored_columns", ", ") }} as {{ t_str() }}) as ignored_columns,
    cast(bytes as {{ t_bigint() }}) as bytes,
    cast(rows_read as {{ t_bigint() }}) as rows_read,
    cast(rows_loaded as {{ t_bigint() }}) as rows_loaded,
    cast(rows_quarantined as {{ t_bigint() }}) as rows_quarantined,
    cast(rows_duplicate as {{ t_bigint() }}) as rows_duplicate,
    cast(registered_at as {{ t_ts() }}) as registered_at,
    cast(known_from as {{ t_ts() }}) as known_from
from {{ ref("stg_intake__deliveries") }}
