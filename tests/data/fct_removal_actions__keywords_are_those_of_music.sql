-- A keyword that is not about music is rare: read the action, which may be about
-- something else, or have a wrong category. An action with a keyword that the EU's
-- database does not know cannot be filed.
{{ config(severity="warn") }}
with
    actions as (select * from {{ ref("stg_removals__actions") }}),
    removal_codes as (
        select *
        from {{ ref("removal_codes") }}
        where field = 'category_specification' and is_about_music
    )
select actions.puid, keywords.item as keyword
from actions {{ explode_list("actions.category_specification", "keywords") }}
left join removal_codes on removal_codes.code = keywords.item
where removal_codes.code is null
