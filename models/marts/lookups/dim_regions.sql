-- One row per region and territory in it.
select
    cast(region_code as {{ t_str() }}) as region_code,
    cast(territory as {{ t_str() }}) as territory
from {{ ref("regions") }}
