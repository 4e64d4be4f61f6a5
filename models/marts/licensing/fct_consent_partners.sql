-- One row per consent decision, version, and partner whose catalogue it concerns.
select
    cast(decision_id as {{ t_str() }}) as decision_id,
    cast(partner_id as {{ t_str() }}) as partner_id,
    cast(recorded_at as {{ t_ts() }}) as recorded_at
from {{ ref("int_partners__decisions_matched") }}
