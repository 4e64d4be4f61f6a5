-- A keyword outside the list for music is legal, but rare enough to read the action:
-- it may be about something else than music, or have a wrong category.
{{ config(severity="warn") }}
with
    actions as (select * from {{ ref("stg_removals__actions") }}),
    removal_codes as (
        select * from {{ ref("removal_codes") }} where field = 'category_specification'
    )
select actions.puid, keywords.item as keyword
from actions {{ explode_list("actions.category_specification", "keywords") }}
left join removal_codes on removal_codes.code = keywords.item
where removal_codes.code is null
