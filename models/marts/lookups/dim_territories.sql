-- One row per country or territory of ISO 3166-1.
select
    cast(territory as {{ t_str() }}) as territory,
    cast(territory_name as {{ t_str() }}) as territory_name,
    cast(reporting_time_zone as {{ t_str() }}) as reporting_time_zone,
    cast(currency_code as {{ t_str() }}) as currency_code,
    cast(trend_territory as {{ t_str() }}) as trend_territory
from {{ ref("territories") }}
