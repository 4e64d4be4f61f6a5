-- One row per removal action whose statement of reasons is due, and rule of the EU's
-- database that it breaks.
with
    unfiled as (select * from {{ ref("int_removals__actions_unfiled") }}),
    statements_due as (select * from {{ ref("int_removals__statements_due") }})
select
    cast(unfiled.puid as {{ t_str() }}) as puid,
    cast(unfiled.unfiled_reason as {{ t_str() }}) as unfiled_reason
from unfiled
inner join statements_due on statements_due.puid = unfiled.puid
