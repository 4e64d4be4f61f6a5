-- One row per pool, contract and version, and layer of usage: the alternatives in the
-- pool's currency, the one that applies, and the fee in whole minor units of the payout
-- currency.
with
    weighted as (select * from {{ ref("int_compensation__contract_weights") }}),
    fx_rates as (select * from {{ ref("int_compensation__fx_rates") }}),
    converted as (
        select
            weighted.*,
            payout_rates.rate_date as fx_date,
            case
                when weighted.currency_code = weighted.payout_currency_code
                then cast(1 as {{ t_dec(20, 10) }})
                else
                    cast(
                        {{
                            div_round(
                                "payout_rates.rate_per_eur",
                                "pool_rates.rate_per_eur",
                                10,
                            )
                        }} as {{ t_dec(20, 10) }}
                    )
            end as fx_rate,
            case
                when weighted.currency_code = weighted.rate_currency_code
                then cast(1 as {{ t_dec(20, 10) }})
                else
                    cast(
                        {{
                            div_round(
                                "pool_rates.rate_per_eur",
                                "minimum_rates.rate_per_eur",
                                10,
                            )
                        }} as {{ t_dec(20, 10) }}
                    )
            end as minimum_fx_rate
        from weighted
        left join
            fx_rates as pool_rates
            on pool_rates.fx_rule = weighted.fx_rule
            and pool_rates.rate_month = weighted.rate_month
            and pool_rates.currency_code = weighted.currency_code
        left join
            fx_rates as payout_rates
            on payout_rates.fx_rule = weighted.fx_rule
            and payout_rates.rate_month = weighted.rate_month
            and payout_rates.currency_code = weighted.payout_currency_code
        left join
            fx_rates as minimum_rates
            on minimum_rates.fx_rule = weighted.fx_rule
            and minimum_rates.rate_month = weighted.rate_month
            and minimum_rates.currency_code = weighted.rate_currency_code
    ),
    scaled_terms as (
        select
            converted.*,
            {{ wide("abs(weight_nano)") }} as weight,
            {{ wide("total_quantity") }} * {{ pow10(21) }} as share_divisor,
            {{ scaled("net_amount", 6) }}
            * {{ scaled("coalesce(revenue_share, 0)", 12) }} as shared_revenue,
            {{ scaled("coalesce(per_subscriber_minimum, 0)", 8) }}
            * {{ scaled("minimum_fx_rate", 10) }}
            * {{ wide("subscribers") }} as subscriber_minimum,
            {{
                scaled(
                    "coalesce(case when model= 'per_use' then rate else per_use_minimum end, 0)",
                    8,
                )
            }}
            * {{ scaled("minimum_fx_rate", 10) }} as use_minimum
        from converted
    ),
    arms as (
        select
            scaled_terms.*,
            case
                when model not in ('pro_rata', 'greater_of') or is_unpaid_free_use
                then 0
                else
                    coalesce(
                        {{ mul_div_round("shared_revenue", "weight", "share_divisor") }},
                        0
                    )
            end as share_arm,
            case
                when model <> 'greater_of' or is_unpaid_free_use
                then 0
                else
                    coalesce(
                        {{
                            mul_div_round(
                                "subscriber_minimum", "weight", "share_divisor"
                            )
                        }},
                        0
                    )
            end as subscriber_arm,
            case
                when
                    model not in ('per_use', 'greater_of')
                    or (model = 'per_use' and is_unpaid_free_use)
                    or (model = 'greater_of' and is_free_of_minimum)
                then 0
                else {{ mul_div_round("use_minimum", "weight", pow10(21)) }}
            end as use_arm
        from scaled_terms
    ),
    decided as (
        select
            arms.*,
            greatest(share_arm, subscriber_arm, use_arm) as fee,
            case
                when model = 'equal_per_work'
                then null
                when model = 'per_use'
                then 'PER_USE'
                when share_arm >= subscriber_arm and share_arm >= use_arm
                then 'REVSHARE'
                when subscriber_arm >= use_arm
                then 'PER_SUB'
                else 'PER_USE'
            end as winning_arm
        from arms
    )
select
    cast(
        row_number() over (
            order by pool_id, contract_id, contract_version, usage_layer
        ) as {{ t_bigint() }}
    ) as fee_number,
    pool_id,
    contract_id,
    contract_version,
    usage_layer,
    partner_id,
    usage_month,
    territory,
    product_id,
    tier,
    side,
    currency_code,
    weight_nano,
    {{ micro_units_to_amount("share_arm") }} as share_arm_amount,
    {{ micro_units_to_amount("subscriber_arm") }} as per_subscriber_arm_amount,
    {{ micro_units_to_amount("use_arm") }} as per_use_arm_amount,
    winning_arm,
    {{ micro_units_to_amount("fee") }} as fee_amount,
    fx_rate,
    fx_date,
    minimum_fx_rate,
    payout_currency_code,
    minor_unit_digits,
    {{
        mul_div_round(
            wide("fee"),
            scaled("fx_rate", 10),
            minor_unit_divisor("minor_unit_digits", 16),
        )
    }} as fee_minor_units
from decided
