-- One row per FEE line: an umbrella's fee, rounded on the statement's payable total and
-- spread over its members by largest remainder (E68, E69). Whole minor units, negative.
with
    usage_lines as (select * from {{ ref("int_compensation__usage_lines") }}),
    members as (select * from {{ ref("int_compensation__members") }}),
    terms as (select * from {{ ref("int_compensation__statement_terms") }}),
    earned as (
        select
            usage_lines.contract_id,
            usage_lines.usage_month as report_month,
            members.member_party_id,
            sum(usage_lines.amount_minor_units) as earned_units
        from usage_lines
        left join
            members
            on members.owner_party_id = usage_lines.owner_party_id
            and members.partner_id = usage_lines.partner_id
            and members.usage_month = usage_lines.usage_month
        where usage_lines.contract_id is not null and usage_lines.hold_bucket is null
        group by all
    ),
    totalled as (
        select
            earned.contract_id,
            earned.report_month,
            earned.member_party_id,
            {{ wide("earned.earned_units") }} as earned_units,
            terms.contract_version,
            terms.partner_id,
            terms.side,
            terms.currency_code,
            terms.minor_unit_digits,
            {{ scaled("terms.fee_rate", 12) }} as fee_rate_units,
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
            {{ mul_div_round("total_units", "fee_rate_units", pow10(12)) }} as fee_units
        from totalled
    ),
    floors as (
        select
            priced.*,
            {{ wide(int_div("fee_units * earned_units", "total_units")) }}
            as floor_units,
            (fee_units * earned_units) % total_units as remainder,
            {{
                line_key(
                    [
                        month_text("report_month"),
                        "''",
                        "''",
                        "''",
                        "side",
                        "contract_id",
                        "contract_version",
                        "''",
                        "member_party_id",
                        "''",
                        "''",
                        "''",
                    ]
                )
            }} as line_key
        from priced
        where total_units > 0
    )
select
    line_key,
    report_month,
    side,
    partner_id,
    contract_id,
    contract_version,
    member_party_id,
    currency_code,
    minor_unit_digits,
    cast(
        - (
            {{
                largest_remainder(
                    "fee_units",
                    "floor_units",
                    "remainder",
                    ["contract_id", "report_month"],
                    ["line_key"],
                )
            }}
        ) as {{ t_bigint() }}
    ) as amount_minor_units
from floors
