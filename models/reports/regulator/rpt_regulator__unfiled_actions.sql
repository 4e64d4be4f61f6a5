-- One row per removal action whose statement of reasons is due and cannot be in the
-- regulator's file, with every rule of the EU's database that it breaks.
with
    removal_actions as (select * from {{ ref("fct_removal_actions") }}),
    unfiled as (
        select puid, {{ ordered_list("unfiled_reason", ", ") }} as unfiled_reason
        from {{ ref("fct_unfiled_reasons") }}
        group by all
    )
select
    removal_actions.puid,
    removal_actions.applied_month,
    cast(unfiled.unfiled_reason as {{ t_str() }}) as unfiled_reason,
    removal_actions.programme_reason,
    removal_actions.category,
    removal_actions.source_type,
    removal_actions.decided_at,
    removal_actions.applied_at
from removal_actions
inner join unfiled on unfiled.puid = removal_actions.puid
