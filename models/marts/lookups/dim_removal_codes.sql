-- One row per field of a removal action and code that the field may have.
select
    cast(field as {{ t_str() }}) as field,
    cast(code as {{ t_str() }}) as code,
    cast(is_removal as boolean) as is_removal,
    cast(is_about_music as boolean) as is_about_music
from {{ ref("removal_codes") }}
