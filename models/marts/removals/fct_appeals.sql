-- One row per appeal against a removal action, or later authorisation of it.
with
    appeals as (select * from {{ ref("stg_removals__appeals") }}),
    removal_actions as (select * from {{ ref("fct_removal_actions") }})
select
    cast(appeals.appeal_id as {{ t_str() }}) as appeal_id,
    cast(appeals.puid as {{ t_str() }}) as puid,
    cast(removal_actions.partner_id as {{ t_str() }}) as partner_id,
    cast({{ first_of_month("appeals.filed_at") }} as date) as filed_month,
    cast(appeals.kind as {{ t_str() }}) as appeal_kind,
    cast(coalesce(appeals.outcome, 'open') as {{ t_str() }}) as appeal_outcome,
    cast(
        case
            when appeals.reinstated_at is null
            then null
            when
                appeals.kind = 'authorised_later'
                or appeals.outcome = 'reinstated_authorised'
            then 'AUTHORISED_LATER'
            else 'OVERTURNED'
        end as {{ t_str() }}
    ) as reinstatement_reason,
    cast(
        {{ seconds_between("appeals.filed_at", "appeals.decided_at") }}
        as {{ t_bigint() }}
    ) as seconds_to_decision,
    appeals.kind <> 'authorised_later' as is_appeal,
    appeals.outcome is not null as is_decided,
    coalesce(
        appeals.outcome = 'overturned' and appeals.kind <> 'authorised_later', false
    ) as is_overturned,
    cast(appeals.filed_at as {{ t_ts() }}) as filed_at,
    cast(appeals.decided_at as {{ t_ts() }}) as decided_at,
    cast(appeals.reinstated_at as {{ t_ts() }}) as reinstated_at
from appeals
left join removal_actions on removal_actions.puid = appeals.puid
