-- One row per status that the consent of a use can have.
select
    cast(consent_status as {{ t_str() }}) as consent_status,
    cast(description as {{ t_str() }}) as description,
    cast(is_paid as boolean) as is_paid
from {{ ref("consent_statuses") }}
