-- One row per removal action and country where it holds; `WW` for everywhere, which is
-- also what an action without territories means. A region is its countries. Uses in
-- other territories are not touched by it (E112). What the EU's form can name, the
-- states of the EEA, is no part of this.
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
