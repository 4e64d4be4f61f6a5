-- One row per contract and report month with a minimum guarantee: the sum guaranteed in
-- the period of the month, and the amounts that count towards it, including top-ups.
with
    statements as (select * from {{ ref("fct_statements") }}),
    contracts as (select * from {{ ref("dim_contracts") }}),
    currencies as (select * from {{ ref("currencies") }}),
    lines as (select * from {{ ref("fct_compensation_lines") }}),
    months as (
        select
            statement_id,
            contract_id,
            report_month,
            cast({{ months_after("report_month", "1") }} as date) as month_end
        from statements
    ),
    -- The terms of a month are those of the highest version valid in it.
    guaranteed as (
        select
            months.statement_id,
            months.contract_id,
            months.report_month,
            contracts.minimum_guarantee_amount,
            contracts.minimum_guarantee_starts_on,
            contracts.minimum_guarantee_period_months,
            contracts.payout_currency_code,
            (year(months.report_month) - year(contracts.minimum_guarantee_starts_on))
            * 12
            + month(months.report_month)
            - month(contracts.minimum_guarantee_starts_on) as months_since_start
        from months
        inner join
            contracts
            on contracts.contract_id = months.contract_id
            and cast(contracts.valid_from as date) < months.month_end
            and coalesce(
                contracts.valid_to > cast(months.report_month as {{ t_ts() }}), true
            )
        where contracts.minimum_guarantee_starts_on < months.month_end
        qualify
            row_number() over (
                partition by months.statement_id
                order by
                    contracts.base_contract_version desc,
                    contracts.contract_version desc
            )
            = 1
    ),
    periods as (
        select
            guaranteed.statement_id,
            guaranteed.contract_id,
            guaranteed.report_month,
            guaranteed.payout_currency_code,
            {{
                minor_units_to_amount(
                    amount_to_minor_units(
                        "guaranteed.minimum_guarantee_amount",
                        "currencies.minor_unit_digits",
                    ),
                    "currencies.minor_unit_digits",
                )
            }} as guaranteed_amount,
            cast(
                {{
                    months_after(
                        "guaranteed.minimum_guarantee_starts_on",
                        "cast(guaranteed.months_since_start - guaranteed.months_since_start % guaranteed.minimum_guarantee_period_months as integer)",
                    )
                }}
                as date
            ) as period_start_date,
            cast(
                {{
                    months_after(
                        "guaranteed.minimum_guarantee_starts_on",
                        "cast(guaranteed.months_since_start - guaranteed.months_since_start % guaranteed.minimum_guarantee_period_months + guaranteed.minimum_guarantee_period_months as integer)",
                    )
                }}
                as date
            ) as period_end_date
        from guaranteed
        inner join
            currencies on currencies.currency_code = guaranteed.payout_currency_code
        where
            guaranteed.minimum_guarantee_amount > 0
            and guaranteed.minimum_guarantee_period_months > 0
    ),
    counted as (
        select
            periods.statement_id,
            coalesce(
                sum(
                    case
                        when lines.report_month < periods.report_month then lines.amount
                    end
                ),
                0
            ) as opening_amount,
            coalesce(
                sum(
                    case
                        when lines.report_month = periods.report_month then lines.amount
                    end
                ),
                0
            ) as added_amount
        from periods
        left join
            lines
            on lines.contract_id = periods.contract_id
            and lines.usage_month >= periods.period_start_date
            and lines.usage_month < periods.period_end_date
            and lines.report_month <= periods.report_month
            and lines.hold_bucket is null
            and (
                lines.line_type in {{ earning_types() }}
                or lines.line_type = 'MG_TRUE_UP'
            )
        group by periods.statement_id
    )
select
    cast(periods.statement_id as {{ t_str() }}) as statement_id,
    cast(periods.contract_id as {{ t_str() }}) as contract_id,
    cast(periods.report_month as date) as report_month,
    cast(periods.payout_currency_code as {{ t_str() }}) as currency_code,
    cast(periods.guaranteed_amount as {{ t_dec(24, 3) }}) as guaranteed_amount,
    cast(counted.opening_amount as {{ t_dec(24, 3) }}) as earned_before_amount,
    cast(counted.added_amount as {{ t_dec(24, 3) }}) as earned_amount,
    periods.period_start_date,
    periods.period_end_date
from periods
inner join counted on counted.statement_id = periods.statement_id
