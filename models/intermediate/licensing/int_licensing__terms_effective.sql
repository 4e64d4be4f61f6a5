-- One row per contract and version of its terms, including those that a
-- most-favoured-nation clause creates: if another contract of the group and side has a
-- better value, the version gets an adjusted one beside it, numbered version x 1000 +
-- n, valid as long as the better value (E99).
-- If versions overlap, the higher one applies, so an adjusted one precedes its base.
with
    contracts as (select * from {{ ref("stg_licensing__contracts") }}),
    adjusted as (select * from {{ ref("int_licensing__terms_adjusted") }}),
    versions as (
        select
            contracts.*,
            cast(null as {{ t_bigint() }}) as adjusted_version,
            cast(null as {{ t_str() }}) as mfn_cause,
            contracts.valid_from as ruling_from,
            contracts.valid_to as ruling_to,
            contracts.revenue_share as ruling_share,
            contracts.per_subscriber_minimum as ruling_subscriber_minimum,
            contracts.per_use_minimum as ruling_use_minimum,
            contracts.rate as ruling_rate
        from contracts
        union all
        select
            contracts.*,
            adjusted.contract_version as adjusted_version,
            adjusted.mfn_cause,
            adjusted.valid_from as ruling_from,
            case
                when adjusted.valid_to < {{ always_to() }} then adjusted.valid_to
            end as ruling_to,
            coalesce(adjusted.revenue_share, contracts.revenue_share) as ruling_share,
            coalesce(
                adjusted.per_subscriber_minimum, contracts.per_subscriber_minimum
            ) as ruling_subscriber_minimum,
            coalesce(
                adjusted.per_use_minimum, contracts.per_use_minimum
            ) as ruling_use_minimum,
            coalesce(adjusted.rate, contracts.rate) as ruling_rate
        from adjusted
        inner join
            contracts
            on contracts.contract_id = adjusted.contract_id
            and contracts.contract_version = adjusted.base_contract_version
    )
select
    contract_id,
    coalesce(adjusted_version, contract_version) as contract_version,
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
    -- A minimum from a most-favoured-nation clause does not make free uses earn.
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
    ruling_from as valid_from,
    ruling_to as valid_to,
    recorded_at,
    delivery_id
from versions
