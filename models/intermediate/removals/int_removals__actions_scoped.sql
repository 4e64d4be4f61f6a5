-- One row per removal action and territory where it applies; `WW` for everywhere.
-- Uses in other territories are not touched by it (E112). The regulator's schema can
-- name the states of the EEA and no others, so a scope of all of them, like none, is
-- everywhere.
with
    actions as (select * from {{ ref("stg_removals__actions") }}),
    regions as (select * from {{ ref("regions") }}),
    scoped as (
        select distinct actions.puid, scopes.item as territory
        from actions {{ explode_list("actions.territorial_scope", "scopes") }}
    ),
    covered as (
        select scoped.puid, count(*) as state_count
        from scoped
        inner join
            regions
            on regions.region_code = 'EEA'
            and regions.territory = scoped.territory
        group by all
    ),
    everywhere as (
        select puid
        from covered
        where
            state_count
            = (select count(*) from regions where regions.region_code = 'EEA')
    )
select distinct
    actions.puid,
    case
        when scoped.puid is null or everywhere.puid is not null
        then 'WW'
        else scoped.territory
    end as territory
from actions
left join scoped on scoped.puid = actions.puid
left join everywhere on everywhere.puid = actions.puid
