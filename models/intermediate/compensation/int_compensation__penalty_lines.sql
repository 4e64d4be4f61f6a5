-- One row per PENALTY line: the penalty of a recording and usage month in whole minor
-- units of the payout currency, negative (E104).
with
    penalties as (select * from {{ ref("int_compensation__penalties") }}),
    fx_rates as (select * from {{ ref("int_compensation__fx_rates") }}),
    currencies as (select * from {{ ref("currencies") }}),
    converted as (
        select
            penalties.*,
            currencies.minor_unit_digits,
            case
                when penalties.penalty_currency_code = penalties.payout_currency_code
                then cast(1 as {{ t_dec(20, 10) }})
                else
                    cast(
                        {{
                            div_round(
                                "payout_rates.rate_per_eur",
                                "penalty_rates.rate_per_eur",
                                10,
                            )
                        }} as {{ t_dec(20, 10) }}
                    )
            end as fx_rate
        from penalties
        inner join
            currencies on currencies.currency_code = penalties.payout_currency_code
        left join
            fx_rates as payout_rates
            on payout_rates.fx_rule = penalties.fx_rule
            and payout_rates.rate_month = penalties.rate_month
            and payout_rates.currency_code = penalties.payout_currency_code
        left join
            fx_rates as penalty_rates
            on penalty_rates.fx_rule = penalties.fx_rule
            and penalty_rates.rate_month = penalties.rate_month
            and penalty_rates.currency_code = penalties.penalty_currency_code
    )
select
    {{
        full_line_key(
            {"side": "'MASTER'", "owner_party_id": "label_party_id"},
            absent=["tier", "hold_bucket", "consent_status", "consent_proof_id"],
        )
    }} as line_key,
    cast(null as {{ t_str() }}) as pool_id,
    usage_month,
    territory,
    product_id,
    cast(null as {{ t_str() }}) as tier,
    'MASTER' as side,
    partner_id,
    contract_id,
    contract_version,
    object_id,
    label_party_id as owner_party_id,
    cast(null as {{ t_str() }}) as hold_bucket,
    cast(null as {{ t_str() }}) as consent_status,
    cast(null as {{ t_str() }}) as consent_proof_id,
    'penalty' as usage_layer,
    cast(0 as {{ t_bigint() }}) as quantity,
    cast(0 as {{ t_dec(38, 0) }}) as weight_nano,
    payout_currency_code as currency_code,
    minor_unit_digits,
    cast(
        - {{
            mul_div_round(
                wide(scaled("fraud_penalty_amount", 6)),
                scaled("fx_rate", 10),
                minor_unit_divisor("minor_unit_digits", 16),
            )
        }} as {{ t_wide_int() }}
    ) as amount_minor_units
from converted
