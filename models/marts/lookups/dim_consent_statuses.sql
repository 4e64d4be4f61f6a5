-- One row per possible consent status of a use.
select
    cast(consent_status as {{ t_str() }}) as consent_status,
    cast(description as {{ t_str() }}) as description,
    cast(is_paid as boolean) as is_paid
from {{ ref("consent_statuses") }}
