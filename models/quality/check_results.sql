-- One row per run of the expectation suites, table and check.
select
    cast(run_id as {{ t_str() }}) as run_id,
    cast(table_name as {{ t_str() }}) as table_name,
    cast(check_name as {{ t_str() }}) as check_name,
    cast(severity as {{ t_str() }}) as severity,
    cast(outcome as {{ t_str() }}) as outcome,
    cast(reason as {{ t_str() }}) as reason,
    cast(unexpected_count as {{ t_bigint() }}) as unexpected_count,
    row_number() over (
        partition by table_name, check_name order by run_number desc, run_id desc
    )
    = 1 as is_latest,
    cast(checked_at as {{ t_ts() }}) as checked_at
from {{ ref("stg_intake__check_results") }}
