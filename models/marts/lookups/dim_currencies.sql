-- One row per currency of ISO 4217.
select
    cast(currency_code as {{ t_str() }}) as currency_code,
    cast(currency_name as {{ t_str() }}) as currency_name,
    cast(minor_unit_digits as {{ t_bigint() }}) as minor_unit_digits,
    cast(is_withdrawn as boolean) as is_withdrawn
from {{ ref("currencies") }}
