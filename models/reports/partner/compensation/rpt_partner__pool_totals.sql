-- One row per partner, report month, pool, contract and version: the pool's totals from
-- which the partner can recompute its fee, and its terms; no other totals.
with
    pools as (select * from {{ ref("fct_pools") }}),
    fees as (select * from {{ ref("fct_pool_fees") }}),
    contracts as (select * from {{ ref("dim_contracts") }}),
    issued as (
        select contract_id, max(report_month) as last_report_month
        from {{ ref("fct_statements") }}
        where statement_state = 'issued'
        group by all
    )
select
    fees.partner_id,
    cast(fees.usage_month as date) as report_month,
    fees.pool_id,
    fees.usage_month,
    fees.territory,
    fees.product_id,
    fees.tier,
    fees.side,
    pools.currency_code,
    -- A per-use fee needs neither net nor quantity, and only a minimum per subscriber
    -- needs the number of subscribers: partners see only the totals that they need.
    case when fees.model <> 'per_use' then pools.net_amount end as net_amount,
    case when fees.model <> 'per_use' then pools.total_quantity end as total_quantity,
    case
        when contracts.per_subscriber_minimum is not null then pools.subscribers
    end as subscribers,
    fees.contract_id,
    fees.contract_version,
    fees.model,
    cast(contracts.revenue_share as {{ t_dec(13, 12) }}) as revenue_share,
    cast(
        contracts.per_subscriber_minimum as {{ t_dec(30, 12) }}
    ) as per_subscriber_minimum,
    cast(contracts.per_use_minimum as {{ t_dec(30, 12) }}) as per_use_minimum,
    cast(contracts.rate as {{ t_dec(30, 12) }}) as rate,
    cast(contracts.rate_currency_code as {{ t_str() }}) as rate_currency_code,
    contracts.pays_free_uses,
    fees.minimum_fx_rate,
    fees.weight_nano,
    fees.share_arm_amount,
    fees.per_subscriber_arm_amount,
    fees.per_use_arm_amount,
    fees.winning_arm,
    fees.fee_amount,
    fees.fx_rate,
    fees.fx_date,
    fees.payout_currency_code,
    fees.fee_payout_amount,
    fees.payable_amount,
    fees.held_amount
from fees
inner join pools on pools.pool_id = fees.pool_id
inner join
    contracts
    on contracts.contract_id = fees.contract_id
    and contracts.contract_version = fees.contract_version
left join issued on issued.contract_id = fees.contract_id
where issued.contract_id is null or fees.usage_month > issued.last_report_month
union all
-- Issued rows keep the totals from which they were computed.
select
    cast(partner_id as {{ t_str() }}) as partner_id,
    report_month,
    cast(pool_id as {{ t_str() }}) as pool_id,
    usage_month,
    cast(territory as {{ t_str() }}) as territory,
    cast(product_id as {{ t_str() }}) as product_id,
    cast(tier as {{ t_str() }}) as tier,
    cast(side as {{ t_str() }}) as side,
    cast(currency_code as {{ t_str() }}) as currency_code,
    net_amount,
    total_quantity,
    subscribers,
    cast(contract_id as {{ t_str() }}) as contract_id,
    contract_version,
    cast(model as {{ t_str() }}) as model,
    revenue_share,
    per_subscriber_minimum,
    per_use_minimum,
    rate,
    cast(rate_currency_code as {{ t_str() }}) as rate_currency_code,
    pays_free_uses,
    minimum_fx_rate,
    weight_nano,
    share_arm_amount,
    per_subscriber_arm_amount,
    per_use_arm_amount,
    cast(winning_arm as {{ t_str() }}) as winning_arm,
    fee_amount,
    fx_rate,
    fx_date,
    cast(payout_currency_code as {{ t_str() }}) as payout_currency_code,
    fee_payout_amount,
    payable_amount,
    held_amount
from {{ ref("fct_issued_pool_fees") }}
