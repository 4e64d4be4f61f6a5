-- One row per kind of incident: its severity, how long it may stay open, and its owner.
select
    cast(incident_kind as {{ t_str() }}) as incident_kind,
    cast(label as {{ t_str() }}) as label,
    cast(severity as {{ t_str() }}) as severity,
    cast(due_days as {{ t_bigint() }}) as due_day_count,
    cast(is_monthly as boolean) as is_monthly,
    cast(next_action_by as {{ t_str() }}) as next_action_by,
    cast(next_step as {{ t_str() }}) as next_step
from {{ ref("incident_kinds") }}
