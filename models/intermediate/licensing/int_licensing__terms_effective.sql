-- One row per contract and version of its terms, those included that a
-- most-favoured-nation clause makes: where another contract of the group and side has
-- a better value, the version gets a made one beside it, numbered
-- version x 1000 + n, valid as long as the better value is (E99).
-- Of overlapping versions the higher rules, so a made one rules over its base.
with
    contracts as (select * from {{ ref("stg_licensing__contracts") }}),
    made as (select * from {{ ref("int_licensing__terms_adjusted") }}),
    versions as (
        select
            contracts.*,
            cast(null as {{ t_bigint() }}) as made_version,
            cast(null as {{ t_str() }}) as mfn_cause,
            contracts.valid_from as starts_at,
            contracts.valid_to as stops_at,
            contracts.revenue_share as ruling_share,
            contracts.per_subscriber_minimum as ruling_subscriber_minimum,
            contracts.per_use_minimum as ruling_use_minimum,
            contracts.rate as ruling_rate
        from contracts
        union all
        select
            contracts.*,
            made.contract_version as made_version,
            made.mfn_cause,
            made.starts_at,
            case
                when made.stops_at < {{ always_to() }} then made.stops_at
            end as stops_at,
            coalesce(made.revenue_share, contracts.revenue_share) as ruling_share,
            coalesce(
                made.per_subscriber_minimum, contracts.per_subscriber_minimum
            ) as ruling_subscriber_minimum,
            coalesce(
                made.per_use_minimum, contracts.per_use_minimum
            ) as ruling_use_minimum,
            coalesce(made.rate, contracts.rate) as ruling_rate
        from made
        inner join
            contracts
            on contracts.contract_id = made.contract_id
            and contracts.contract_version = made.base_contract_version
    )
select
    contract_id,
    coalesce(made_version, contract_version) as contract_version,
    contract_version as base_contract_version,
    mfn_cause,
    partner_id,
    side,
    product_ids,
    payout_currency_code,
    silence,
    silence_clause,
    required_parties,
    model,
    ruling_share as revenue_share,
    ruling_subscriber_minimum as per_subscriber_minimum,
    ruling_use_minimum as per_use_minimum,
    ruling_rate as rate,
    rate_currency_code,
    -- A minimum that a most-favoured-nation clause brings does not make free uses earn.
    pays_free_uses
    or coalesce(
        model = 'greater_of' and per_use_minimum > 0, false
    ) as earns_minimum_of_free_uses,
    minimum_guarantee_amount,
    minimum_guarantee_period_months,
    minimum_guarantee_starts_on,
    advance_amount,
    advance_paid_on,
    advance_product_ids,
    training_fee_model_version,
    training_fee_amount,
    training_fee_usage_month,
    reserve_rate,
    reserve_release_after_months,
    fee_rate,
    fraud_penalty_threshold,
    fraud_penalty_amount,
    fraud_penalty_currency,
    minimum_payout,
    fx_rule,
    late_usage,
    run_off_days,
    mfn_group,
    pays_free_uses,
    signed_at,
    starts_at as valid_from,
    stops_at as valid_to,
    recorded_at,
    delivery_id
from versions
