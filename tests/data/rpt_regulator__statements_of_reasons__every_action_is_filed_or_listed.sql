-- Every action is either in the regulator's file or in the list of those that cannot
-- be, never in both; an action in neither is a statement that we owe.
with
    actions as (select puid from {{ ref("fct_removal_actions") }}),
    filed as (
        select platform_uid as puid
        from {{ ref("rpt_regulator__statements_of_reasons") }}
    ),
    unfiled as (select puid from {{ ref("rpt_regulator__unfiled_actions") }})
select actions.puid
from actions
left join filed on filed.puid = actions.puid
left join unfiled on unfiled.puid = actions.puid
where (filed.puid is null) = (unfiled.puid is null)
