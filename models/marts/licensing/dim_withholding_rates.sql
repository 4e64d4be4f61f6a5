-- One row per contract, version, source territory and start of a withholding rate.
select
    cast(contract_id as {{ t_str() }}) as contract_id,
    cast(contract_version as {{ t_bigint() }}) as contract_version,
    cast(source_territory as {{ t_str() }}) as source_territory,
    cast(rate as {{ t_dec(13, 12) }}) as rate,
    cast(valid_from as {{ t_ts() }}) as valid_from,
    cast(valid_to as {{ t_ts() }}) as valid_to,
    cast(recorded_at as {{ t_ts() }}) as recorded_at
from {{ ref("stg_licensing__contract_withholdings") }}
