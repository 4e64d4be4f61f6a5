-- One row per removal action and rule of the EU's database that it breaks.
select
    cast(puid as {{ t_str() }}) as puid,
    cast(unfiled_reason as {{ t_str() }}) as unfiled_reason
from {{ ref("int_removals__actions_unfiled") }}
