-- One row per FEE line: an umbrella's fee, rounded on the statement's earnings and
-- spread over its members by largest remainder (E68, E69). Whole minor units, negative;
-- if a month lost more than it earned, the fee is refunded.
with
    earning_lines as (select * from {{ ref("int_statements__earning_lines") }}),
    terms as (select * from {{ ref("int_statements__terms") }}),
    earned as (
        select
            contract_id,
            report_month,
            member_party_id,
            sum(amount_minor_units) as earned_units
        from earning_lines
        where
            contract_id is not null
            and hold_bucket is null
            and line_type in {{ earning_types() }}
        group by all
    ),
    totalled as (
        select
            earned.contract_id,
            earned.report_month,
            earned.member_party_id,
            terms.contract_version,
            terms.partner_id,
            terms.side,
            terms.currency_code,
            terms.minor_unit_digits,
            {{ scaled("terms.fee_rate", 12) }} as fee_rate_units,
            {{ wide("earned.earned_units") }} as earned_units,
            {{
                wide(
                    "sum(earned.earned_units) over (partition by earned.contract_id, earned.report_month)"
                )
            }}
            as total_units
        from earned
        inner join
            terms
            on terms.contract_id = earned.contract_id
            and terms.report_month = earned.report_month
        where terms.fee_rate > 0
    ),
    priced as (
        select
            totalled.*,
            {{ sign_of("total_units") }} * earned_units as weight,
            {{ mul_div_round("abs(total_units)", "fee_rate_units", pow10(12)) }}
            as fee_units
        from totalled
        where total_units <> 0
    ),
    -- A member that lost while the others earned gets part of the fee back: its part is
    -- floored like the others', towards minus infinity.
    floors as (
        select
            priced.*,
            case
                when weight >= 0
                then {{ wide(int_div("fee_units * weight", "abs(total_units)")) }}
                else
                    - {{
                        wide(
                            int_div(
                                "(fee_units * abs(weight) + abs(total_units) - 1)",
                                "abs(total_units)",
                            )
                        )
                    }}
            end as floor_units,
            {{
                full_line_key(
                    {
                        "usage_month": "report_month",
                        "owner_party_id": "member_party_id",
                    },
                    absent=[
                        "territory",
                        "product_id",
                        "tier",
                        "object_id",
                        "hold_bucket",
                        "consent_status",
                        "consent_proof_id",
                    ],
                )
            }} as line_key
        from priced
    ),
    remainders as (
        select
            floors.*, fee_units * weight - floor_units * abs(total_units) as remainder
        from floors
    ),
    shared as (
        select
            remainders.*,
            - {{ sign_of("total_units") }} * (
                {{
                    largest_remainder(
                        "fee_units",
                        "floor_units",
                        "remainder",
                        ["contract_id", "report_month"],
                        ["line_key"],
                    )
                }}
            ) as amount_minor_units
        from remainders
    )
select
    {{
        statement_line(
            {
                "line_type": "'FEE'",
                "line_key": "line_key",
                "side": "side",
                "partner_id": "partner_id",
                "contract_id": "contract_id",
                "contract_version": "contract_version",
                "member_party_id": "member_party_id",
                "amount_minor_units": "amount_minor_units",
                "minor_unit_digits": "minor_unit_digits",
                "currency_code": "currency_code",
                "report_month": "report_month",
                "usage_month": "report_month",
            }
        )
    }}
from shared
