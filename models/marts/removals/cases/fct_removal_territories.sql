-- One row per removal action and country where it applies; `WW` for all countries.
-- These are the business's territories, not those that the EU's form can name.
with
    scoped as (select * from {{ ref("int_usage__removals_scoped") }}),
    removal_actions as (select * from {{ ref("fct_removal_actions") }})
select
    cast(scoped.puid as {{ t_str() }}) as puid,
    cast(scoped.territory as {{ t_str() }}) as territory,
    removal_actions.partner_id,
    removal_actions.applied_month,
    removal_actions.programme_reason,
    removal_actions.ai_status,
    removal_actions.source_type,
    removal_actions.is_removal,
    removal_actions.is_in_force
from scoped
inner join removal_actions on removal_actions.puid = scoped.puid
