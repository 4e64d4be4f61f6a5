-- One row per contract, version, source territory and start of a withholding rate. The
-- rates are part of their contract: those of a replaced or withdrawn contract version
-- are dropped with it.
with
    withholdings as (
        select * from {{ source("raw", "raw_licensing__contract_withholdings") }}
    ),
    contracts as (select * from {{ ref("stg_licensing__contracts") }})
select
    contracts.contract_id,
    contracts.contract_version,
    withholdings.source_territory,
    withholdings.rate,
    withholdings.valid_from,
    withholdings.valid_to,
    contracts.recorded_at,
    withholdings.delivery_id
from contracts
inner join
    withholdings
    on withholdings.contract_id = contracts.contract_id
    and withholdings.version = contracts.contract_version
    and withholdings.recorded_at = contracts.recorded_at
    and withholdings.delivery_id = contracts.delivery_id
