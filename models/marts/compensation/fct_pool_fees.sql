-- One row per pool, contract and version: its fee by each arm, and the payable and held
-- parts. Conservation: fee_payout_amount = payable + held.
{{ config(meta={"month": "usage_month"}) }}
with
    -- The service funds late usage: its fee is not part of the pool.
    fees as (
        select * from {{ ref("int_compensation__fees") }} where usage_layer = 'timely'
    ),
    contracts as (select * from {{ ref("int_licensing__terms_effective") }}),
    lines as (
        select
            pool_id,
            contract_id,
            contract_version,
            sum(
                case when hold_bucket is null then amount_minor_units else 0 end
            ) as payable_units,
            sum(
                case when hold_bucket is not null then amount_minor_units else 0 end
            ) as held_units
        from {{ ref("int_compensation__usage_lines") }}
        where contract_id is not null and usage_layer = 'timely'
        group by all
    )
select
    cast(
        {{ line_key(["fees.pool_id", "fees.contract_id", "fees.contract_version"]) }}
        as {{ t_str() }}
    ) as fee_id,
    cast(fees.pool_id as {{ t_str() }}) as pool_id,
    cast(fees.partner_id as {{ t_str() }}) as partner_id,
    cast(fees.contract_id as {{ t_str() }}) as contract_id,
    cast(fees.contract_version as {{ t_bigint() }}) as contract_version,
    cast(fees.territory as {{ t_str() }}) as territory,
    cast(fees.product_id as {{ t_str() }}) as product_id,
    cast(fees.tier as {{ t_str() }}) as tier,
    cast(fees.side as {{ t_str() }}) as side,
    cast(contracts.model as {{ t_str() }}) as model,
    cast(fees.weight_nano as {{ t_dec(38, 0) }}) as weight_nano,
    cast(fees.share_arm_amount as {{ t_dec(24, 6) }}) as share_arm_amount,
    cast(
        fees.per_subscriber_arm_amount as {{ t_dec(24, 6) }}
    ) as per_subscriber_arm_amount,
    cast(fees.per_use_arm_amount as {{ t_dec(24, 6) }}) as per_use_arm_amount,
    cast(fees.winning_arm as {{ t_str() }}) as winning_arm,
    cast(fees.fee_amount as {{ t_dec(24, 6) }}) as fee_amount,
    cast(fees.currency_code as {{ t_str() }}) as currency_code,
    cast(fees.fx_rate as {{ t_dec(20, 10) }}) as fx_rate,
    cast(fees.fx_date as date) as fx_date,
    cast(fees.minimum_fx_rate as {{ t_dec(20, 10) }}) as minimum_fx_rate,
    {{ minor_units_to_amount("fees.fee_minor_units", "fees.minor_unit_digits") }}
    as fee_payout_amount,
    {{ minor_units_to_amount("lines.payable_units", "fees.minor_unit_digits") }}
    as payable_amount,
    {{ minor_units_to_amount("lines.held_units", "fees.minor_unit_digits") }}
    as held_amount,
    cast(fees.payout_currency_code as {{ t_str() }}) as payout_currency_code,
    cast(fees.usage_month as date) as usage_month
from fees
inner join
    lines
    on lines.pool_id = fees.pool_id
    and lines.contract_id = fees.contract_id
    and lines.contract_version = fees.contract_version
inner join
    contracts
    on contracts.contract_id = fees.contract_id
    and contracts.contract_version = fees.contract_version
