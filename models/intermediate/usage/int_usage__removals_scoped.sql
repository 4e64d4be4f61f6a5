-- One row per removal action and country where it applies; `WW` for everywhere, also if
-- an action has no territories. A region is expanded to its countries. The action does
-- not affect uses in other territories (E112). The EU form's scope, the states of the
-- EEA, is not used here.
with
    actions as (select * from {{ ref("stg_removals__actions") }}),
    regions as (select * from {{ ref("regions") }}),
    named as (
        select actions.puid, territories.item as territory
        from actions {{ explode_list("actions.territories", "territories") }}
    ),
    countries as (
        select named.puid, coalesce(regions.territory, named.territory) as territory
        from named
        left join regions on regions.region_code = named.territory
    ),
    everywhere as (
        select puid
        from actions
        where {{ join_list("territories", "|") }} is null
        union
        select puid
        from countries
        where territory = 'WW'
    )
select puid, 'WW' as territory
from everywhere
union
select countries.puid, countries.territory
from countries
left join everywhere on everywhere.puid = countries.puid
where everywhere.puid is null
