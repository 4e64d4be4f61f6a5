-- One row per contract, training fee, object and owner: its part of the fee in whole
-- minor units, by largest remainder, ties by line key (E59).
with
    weighed as (
        select
            weights.*,
            currencies.minor_unit_digits,
            {{
                wide(
                    amount_to_minor_units(
                        "weights.training_fee_amount", "currencies.minor_unit_digits"
                    )
                )
            }} as total_units,
            {{
                full_line_key(
                    {"territory": "'WW'"}, absent=["tier"], relation="weights"
                )
            }} as line_key
        from {{ ref("int_compensation__training_weights") }} as weights
        inner join
            {{ ref("currencies") }} as currencies
            on currencies.currency_code = weights.payout_currency_code
    ),
    floors as (
        select
            weighed.*,
            {{
                wide(
                    int_div(
                        "total_units * " ~ wide("weight_nano"),
                        wide(
                            "sum(weight_nano) over (partition by contract_id, usage_month)"
                        ),
                    )
                )
            }}
            as floor_units,
            (total_units * {{ wide("weight_nano") }})
            % {{ wide("sum(weight_nano) over (partition by contract_id, usage_month)") }}
            as remainder
        from weighed
    )
select
    line_key,
    usage_month,
    product_id,
    side,
    partner_id,
    contract_id,
    contract_version,
    object_id,
    owner_party_id,
    hold_bucket,
    consent_status,
    consent_proof_id,
    late_proof_id,
    weight_nano,
    payout_currency_code as currency_code,
    minor_unit_digits,
    cast(
        {{
            largest_remainder(
                "total_units",
                "floor_units",
                "remainder",
                ["contract_id", "usage_month"],
                ["line_key"],
            )
        }} as {{ t_wide_int() }}
    ) as amount_minor_units
from floors
