-- Conservation, per pool, contract and version, and per pool and bucket of money
-- without a contract: the lines sum to the rounded fee, to the minor unit
-- (docs/money.md).
with
    lines as (
        select
            pool_id,
            contract_id,
            contract_version,
            usage_layer,
            case when contract_id is null then hold_bucket end as hold_bucket,
            sum(abs(amount_minor_units)) as line_units
        from {{ ref("int_compensation__usage_lines") }}
        group by all
    ),
    fees as (
        select
            pool_id,
            contract_id,
            contract_version,
            usage_layer,
            cast(null as {{ t_str() }}) as hold_bucket,
            fee_minor_units
        from {{ ref("int_compensation__fees") }}
        union all
        select
            pool_id,
            cast(null as {{ t_str() }}) as contract_id,
            cast(null as {{ t_bigint() }}) as contract_version,
            usage_layer,
            hold_bucket,
            fee_minor_units
        from {{ ref("int_compensation__accruals") }}
    )
select fees.*, lines.line_units
from fees
full join
    lines
    on lines.pool_id = fees.pool_id
    and lines.contract_id is not distinct from fees.contract_id
    and lines.contract_version is not distinct from fees.contract_version
    and lines.usage_layer = fees.usage_layer
    and lines.hold_bucket is not distinct from fees.hold_bucket
where coalesce(fees.fee_minor_units, -1) <> coalesce(lines.line_units, -2)
