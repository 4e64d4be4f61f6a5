-- One row per contract and version of its terms.
with
    latest as (
        {{
            latest_versions(
                source("raw", "raw_licensing__contracts"),
                ["contract_id", "version"],
                "terms",
            )
        }}
    )
select
    contract_id,
    cast(version as {{ t_bigint() }}) as contract_version,
    partner_id,
    side,
    product_ids,
    currency as payout_currency_code,
    silence,
    silence_clause,
    required_parties,
    model,
    revenue_share,
    per_subscriber_minimum,
    per_use_minimum,
    rate,
    rate_currency as rate_currency_code,
    minimum_guarantee_amount,
    minimum_guarantee_period_months,
    minimum_guarantee_starts_on,
    advance_amount,
    advance_paid_on,
    advance_product_ids,
    training_fee_model_version,
    training_fee_amount,
    cast(training_fee_usage_month || '-01' as date) as training_fee_usage_month,
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
    coalesce(pays_free_uses, false) as pays_free_uses,
    signed_at,
    valid_from,
    valid_to,
    recorded_at,
    delivery_id
from latest
