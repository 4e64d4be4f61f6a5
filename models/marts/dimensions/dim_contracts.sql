-- One row per contract and version of its terms, including adjusted versions (E99).
with contracts as (select * from {{ ref("int_licensing__terms_effective") }})
select
    cast(contract_id as {{ t_str() }}) as contract_id,
    cast(contract_version as {{ t_bigint() }}) as contract_version,
    cast(partner_id as {{ t_str() }}) as partner_id,
    cast(side as {{ t_str() }}) as side,
    cast({{ join_list("product_ids", "|") }} as {{ t_str() }}) as product_ids,
    cast(payout_currency_code as {{ t_str() }}) as payout_currency_code,
    cast(silence as {{ t_str() }}) as silence,
    cast(silence_clause as {{ t_str() }}) as silence_clause,
    cast({{ join_list("required_parties", "|") }} as {{ t_str() }}) as required_parties,
    cast(model as {{ t_str() }}) as model,
    cast(rate_currency_code as {{ t_str() }}) as rate_currency_code,
    cast(fx_rule as {{ t_str() }}) as fx_rule,
    cast(late_usage as {{ t_str() }}) as late_usage,
    cast(mfn_group as {{ t_str() }}) as mfn_group,
    cast(mfn_cause as {{ t_str() }}) as mfn_cause,
    cast(
        {{ join_list("advance_product_ids", "|") }} as {{ t_str() }}
    ) as advance_product_ids,
    cast(fraud_penalty_currency as {{ t_str() }}) as fraud_penalty_currency_code,
    cast(base_contract_version as {{ t_bigint() }}) as base_contract_version,
    cast(training_fee_model_version as {{ t_str() }}) as training_fee_model_version,
    cast(training_fee_usage_month as date) as training_fee_usage_month,
    cast(minimum_guarantee_starts_on as date) as minimum_guarantee_starts_on,
    cast(advance_paid_on as date) as advance_paid_on,
    cast(revenue_share as {{ t_dec(13, 12) }}) as revenue_share,
    cast(fee_rate as {{ t_dec(13, 12) }}) as fee_rate,
    cast(reserve_rate as {{ t_dec(13, 12) }}) as reserve_rate,
    cast(fraud_penalty_threshold as {{ t_dec(30, 12) }}) as fraud_penalty_threshold,
    cast(fraud_penalty_amount as {{ t_dec(30, 12) }}) as fraud_penalty_amount,
    cast(per_subscriber_minimum as {{ t_dec(30, 12) }}) as per_subscriber_minimum,
    cast(per_use_minimum as {{ t_dec(30, 12) }}) as per_use_minimum,
    cast(rate as {{ t_dec(30, 12) }}) as rate,
    cast(minimum_guarantee_amount as {{ t_dec(30, 12) }}) as minimum_guarantee_amount,
    cast(
        minimum_guarantee_period_months as {{ t_bigint() }}
    ) as minimum_guarantee_period_months,
    cast(advance_amount as {{ t_dec(30, 12) }}) as advance_amount,
    cast(training_fee_amount as {{ t_dec(30, 12) }}) as training_fee_amount,
    cast(minimum_payout as {{ t_dec(30, 12) }}) as minimum_payout_amount,
    cast(
        reserve_release_after_months as {{ t_bigint() }}
    ) as reserve_release_after_months,
    cast(run_off_days as {{ t_bigint() }}) as run_off_days,
    cast(pays_free_uses as boolean) as pays_free_uses,
    cast(signed_at as {{ t_ts() }}) as signed_at,
    cast(valid_from as {{ t_ts() }}) as valid_from,
    cast(valid_to as {{ t_ts() }}) as valid_to,
    cast(recorded_at as {{ t_ts() }}) as recorded_at
from contracts
