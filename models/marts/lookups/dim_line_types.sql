-- One row per type of compensation line.
select
    cast(line_type as {{ t_str() }}) as line_type,
    cast(description as {{ t_str() }}) as description,
    cast(is_earning as boolean) as is_earning,
    cast(is_correction as boolean) as is_correction
from {{ ref("line_types") }}
