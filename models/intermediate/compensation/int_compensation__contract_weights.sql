-- One row per pool, contract and version, and layer of usage, with its weight and the
-- applicable terms.
with
    line_weights as (select * from {{ ref("int_compensation__line_weights") }}),
    pools as (select * from {{ ref("int_compensation__pools") }}),
    contracts as (select * from {{ ref("int_licensing__terms_effective") }}),
    currencies as (select * from {{ ref("currencies") }}),
    weights as (
        select
            pool_id,
            contract_id,
            contract_version,
            usage_layer,
            sum(weight_nano) as weight_nano
        from line_weights
        where contract_id is not null
        group by all
    )
select
    weights.pool_id,
    weights.contract_id,
    weights.contract_version,
    weights.usage_layer,
    cast(weights.weight_nano as {{ t_dec(38, 0) }}) as weight_nano,
    pools.usage_month,
    pools.territory,
    pools.product_id,
    pools.tier,
    pools.side,
    pools.currency_code,
    pools.net_amount,
    pools.total_quantity,
    pools.subscribers,
    contracts.partner_id,
    contracts.model,
    contracts.revenue_share,
    contracts.per_subscriber_minimum,
    contracts.per_use_minimum,
    contracts.rate,
    coalesce(
        contracts.rate_currency_code, contracts.payout_currency_code
    ) as rate_currency_code,
    contracts.payout_currency_code,
    currencies.minor_unit_digits,
    contracts.fx_rule,
    -- A correction of an issued month is converted at the payment date of the statement
    -- in which it is posted (E85).
    case
        when
            contracts.fx_rule = 'payment_date'
            and pools.usage_month <= issued.last_report_month
        then issued.next_report_month
        else pools.usage_month
    end as rate_month,
    pools.tier = 'free_allowance'
    and not contracts.pays_free_uses as is_unpaid_free_use,
    pools.tier = 'free_allowance'
    and not contracts.earns_minimum_of_free_uses as is_free_of_minimum
from weights
inner join pools on pools.pool_id = weights.pool_id
inner join
    contracts
    on contracts.contract_id = weights.contract_id
    and contracts.contract_version = weights.contract_version
left join
    {{ ref("int_ledger__contracts_issued") }} as issued
    on issued.contract_id = weights.contract_id
inner join currencies on currencies.currency_code = contracts.payout_currency_code
