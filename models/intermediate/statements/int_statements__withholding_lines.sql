-- One row per WITHHOLDING line: tax on what a source territory earned of a usage month,
-- half-up, at the rate that is valid on the payment date; a tax credit where the sum is
-- negative (E87 to E90). What is set against an advance is not taxed again.
with
    accounts as (select * from {{ ref("int_statements__accounts") }}),
    recoupments as (select * from {{ ref("int_statements__recoupments") }}),
    earning_lines as (select * from {{ ref("int_statements__earning_lines") }}),
    withholdings as (select * from {{ ref("stg_licensing__contract_withholdings") }}),
    earned as (
        select
            contract_id,
            report_month,
            usage_month,
            territory,
            sum(amount_minor_units) as earned_units
        from earning_lines
        where
            contract_id is not null
            and hold_bucket is null
            and territory is not null
            and territory <> 'WW'
            and line_type in {{ earning_types() }}
        group by all
    ),
    rated as (
        select
            earned.contract_id,
            earned.report_month,
            earned.usage_month,
            earned.territory,
            {{ wide("earned.earned_units") }} as earned_units,
            accounts.contract_version,
            accounts.partner_id,
            accounts.side,
            accounts.minor_unit_digits,
            accounts.currency_code,
            withholdings.rate,
            case
                when accounts.base_units > 0 and recoupments.recouped_units > 0
                then {{ wide("accounts.base_units - recoupments.recouped_units") }}
                else {{ wide("1") }}
            end as taxed_part,
            case
                when accounts.base_units > 0 and recoupments.recouped_units > 0
                then {{ wide("accounts.base_units") }}
                else {{ wide("1") }}
            end as taxed_whole
        from earned
        inner join
            accounts
            on accounts.contract_id = earned.contract_id
            and accounts.report_month = earned.report_month
        inner join
            recoupments
            on recoupments.contract_id = earned.contract_id
            and recoupments.report_month = earned.report_month
        inner join
            withholdings
            on withholdings.contract_id = accounts.contract_id
            and withholdings.contract_version = accounts.base_contract_version
            and withholdings.source_territory = earned.territory
            and coalesce(
                withholdings.valid_from
                <= cast(accounts.month_end + 24 as {{ t_ts() }}),
                true
            )
            and coalesce(
                withholdings.valid_to > cast(accounts.month_end + 24 as {{ t_ts() }}),
                true
            )
        qualify
            row_number() over (
                partition by
                    earned.contract_id,
                    earned.report_month,
                    earned.usage_month,
                    earned.territory
                order by
                    withholdings.valid_from desc nulls last,
                    case when withholdings.valid_to is null then 1 else 0 end,
                    withholdings.valid_to,
                    withholdings.rate
            )
            = 1
    ),
    taxed as (
        select
            rated.*,
            - sign(earned_units)
            * {{
                mul_div_round(
                    "abs(earned_units) * greatest(taxed_part, 0)",
                    scaled("rate", 12),
                    "(taxed_whole * " ~ pow10(12) ~ ")",
                )
            }} as amount_minor_units
        from rated
    )
select
    {{
        statement_line(
            {
                "line_type": "'WITHHOLDING'",
                "territory": "territory",
                "side": "side",
                "partner_id": "partner_id",
                "contract_id": "contract_id",
                "contract_version": "contract_version",
                "amount_minor_units": "amount_minor_units",
                "minor_unit_digits": "minor_unit_digits",
                "currency_code": "currency_code",
                "report_month": "report_month",
                "usage_month": "usage_month",
            }
        )
    }}
from taxed
where amount_minor_units <> 0
