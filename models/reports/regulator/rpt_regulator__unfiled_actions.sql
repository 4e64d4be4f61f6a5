-- One row per removal action that cannot go into the regulator's file, with the
-- reason.
with removal_actions as (select * from {{ ref("fct_removal_actions") }})
select
    puid,
    applied_month,
    cast('no_content_date' as {{ t_str() }}) as unfiled_reason,
    programme_reason,
    category,
    source_type,
    decided_at,
    applied_at
from removal_actions
where not is_fileable
