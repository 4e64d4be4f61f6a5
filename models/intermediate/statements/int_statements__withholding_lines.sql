-- One row per WITHHOLDING line: tax on the earnings of a source territory and usage
-- month, half-up, at the rate that is valid on the payment date, for the country, else
-- its region, else the world; a tax credit if the sum is negative (E87 to E90).
-- Earnings are taxed less their proportional part of the reserve taken and of
-- recoupments. A released reserve is taxed when it is released, by the territories that
-- had earned it, on a line that names the take. Tax cannot by itself make a balance
-- negative: it is limited to the available amount.
with
    accounts as (select * from {{ ref("int_statements__accounts") }}),
    recoupments as (select * from {{ ref("int_statements__recoupments") }}),
    withholdings as (select * from {{ ref("stg_licensing__contract_withholdings") }}),
    taxable as (select * from {{ ref("int_statements__taxable_amounts") }}),
    available as (
        select
            accounts.contract_id,
            accounts.report_month,
            greatest(
                accounts.base_units
                - accounts.fee_units
                + accounts.true_up_units
                - accounts.reserve_taken_units
                + recoupments.released_units
                - recoupments.recouped_units,
                0
            ) as units
        from accounts
        inner join
            recoupments
            on recoupments.contract_id = accounts.contract_id
            and recoupments.report_month = accounts.report_month
    ),
    rated as (
        select
            taxable.*,
            accounts.contract_version,
            accounts.partner_id,
            accounts.side,
            accounts.minor_unit_digits,
            accounts.currency_code,
            withholdings.rate
        from taxable
        inner join
            accounts
            on accounts.contract_id = taxable.contract_id
            and accounts.report_month = taxable.report_month
        inner join
            withholdings
            on withholdings.contract_id = accounts.contract_id
            and withholdings.contract_version = accounts.base_contract_version
            and coalesce(
                withholdings.valid_from
                <= cast({{ payment_date("accounts.report_month") }} as {{ t_ts() }}),
                true
            )
            and coalesce(
                withholdings.valid_to
                > cast({{ payment_date("accounts.report_month") }} as {{ t_ts() }}),
                true
            )
        left join
            {{ ref("regions") }} as regions
            on regions.region_code = withholdings.source_territory
            and regions.territory = taxable.territory
        where
            {{
                territory_rank(
                    "withholdings.source_territory",
                    "taxable.territory",
                    "regions.region_code",
                )
            }} is not null
        qualify
            row_number() over (
                partition by
                    taxable.contract_id,
                    taxable.report_month,
                    taxable.usage_month,
                    taxable.territory,
                    taxable.original_line_id
                order by
                    {{
                        territory_rank(
                            "withholdings.source_territory",
                            "taxable.territory",
                            "regions.region_code",
                        )
                    }} desc,
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
            case when units < 0 then -1 else 1 end * (
                {{
                    mul_div_round(
                        "(abs(units) * taxed_part)",
                        scaled("rate", 12),
                        "(taxed_whole * " ~ pow10(12) ~ ")",
                    )
                }}
            ) as tax_units
        from rated
    ),
    totals as (
        select
            taxed.*,
            {{
                wide(
                    "sum(greatest(taxed.tax_units, 0)) over (partition by taxed.contract_id, taxed.report_month)"
                )
            }}
            as all_tax_units,
            available.units
            -
            {{
                wide(
                    "sum(least(taxed.tax_units, 0)) over (partition by taxed.contract_id, taxed.report_month)"
                )
            }}
            as limit_units
        from taxed
        inner join
            available
            on available.contract_id = taxed.contract_id
            and available.report_month = taxed.report_month
        where taxed.tax_units <> 0
    ),
    floors as (
        select
            totals.*,
            case
                when tax_units > 0 and all_tax_units > limit_units then 1 else 0
            end as is_limited,
            {{
                wide(
                    int_div(
                        "greatest(tax_units, 0) * limit_units",
                        "greatest(all_tax_units, 1)",
                    )
                )
            }} as floor_units,
            (greatest(tax_units, 0) * limit_units)
            % greatest(all_tax_units, 1) as remainder
        from totals
    ),
    limited as (
        select
            floors.*,
            case
                when is_limited = 1
                then
                    {{
                        largest_remainder(
                            "limit_units",
                            "floor_units",
                            "remainder",
                            ["contract_id", "report_month", "is_limited"],
                            [
                                "territory",
                                "usage_month",
                                "coalesce(original_line_id, '')",
                            ],
                        )
                    }}
                else tax_units
            end as withheld_units
        from floors
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
                "original_line_id": "original_line_id",
                "amount_minor_units": "- withheld_units",
                "minor_unit_digits": "minor_unit_digits",
                "currency_code": "currency_code",
                "report_month": "report_month",
                "usage_month": "usage_month",
            }
        )
    }}
from limited
where withheld_units <> 0
