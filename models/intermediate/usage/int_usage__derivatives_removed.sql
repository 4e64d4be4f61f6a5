-- One row per derivative and territory (`WW`: everywhere) whose plays a removal action
-- affects, with the effect on their money: held while the appeal window is open,
-- excluded once it has closed, none after an overturn or an end (docs/money.md,
-- "Removals and money"; E108, E109, E112).
with
    actions as (select * from {{ ref("stg_removals__actions") }}),
    scoped as (select * from {{ ref("int_usage__removals_scoped") }}),
    appeals as (select * from {{ ref("stg_removals__appeals") }}),
    removal_codes as (
        select code
        from {{ ref("removal_codes") }}
        where field = 'decision_visibility' and is_removal
    ),
    removed as (
        select distinct actions.puid
        from actions {{ explode_list("actions.decision_visibility", "codes") }}
        inner join removal_codes on removal_codes.code = codes.item
    ),
    appealed as (
        select
            puid,
            bool_or(
                decided_at is not null
                and decided_at <= {{ known_at("fraud") }}
                and outcome in ('overturned', 'reinstated_authorised')
            ) as is_overturned,
            bool_or(
                filed_at <= {{ known_at("fraud") }}
                and (decided_at is null or decided_at > {{ known_at("fraud") }})
            ) as is_open
        from appeals
        group by all
    ),
    in_force as (
        select
            actions.puid,
            actions.derivative_id,
            case
                when
                    {{ known_at("fraud") }}
                    >= actions.applied_at
                    + interval '{{ var("appeal_window_days") }}' day
                    and not coalesce(appealed.is_open, false)
                then 3
                when actions.programme_reason = 'artificial_streaming'
                then 2
                else 1
            end as effect
        from actions
        left join removed on removed.puid = actions.puid
        left join appealed on appealed.puid = actions.puid
        where
            actions.derivative_id is not null
            and (
                removed.puid is not null
                or actions.decision_monetary
                in ('DECISION_MONETARY_SUSPENSION', 'DECISION_MONETARY_TERMINATION')
            )
            and not coalesce(appealed.is_overturned, false)
            and (actions.ended_at is null or actions.ended_at > {{ known_at("fraud") }})
    )
select in_force.derivative_id, scoped.territory, max(in_force.effect) as effect
from in_force
inner join scoped on scoped.puid = in_force.puid
group by all
