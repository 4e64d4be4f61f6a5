-- One row per contract and report month: every term of the balance, as of the freeze.
-- opening + earned - fee = closing; closing is payable if it reaches the minimum
-- payout,
-- else it is carried into the next month (E97).
with recursive
    terms as (select * from {{ ref("int_compensation__statement_terms") }}),
    usage_lines as (select * from {{ ref("int_compensation__usage_lines") }}),
    fee_lines as (select * from {{ ref("int_compensation__fee_lines") }}),
    earned as (
        select
            contract_id,
            usage_month as report_month,
            sum(
                case when hold_bucket is null then amount_minor_units else 0 end
            ) as earned_units,
            sum(
                case when hold_bucket is not null then amount_minor_units else 0 end
            ) as held_units,
            count(*) as line_count
        from usage_lines
        where contract_id is not null
        group by all
    ),
    charged as (
        select
            contract_id,
            report_month,
            - sum(amount_minor_units) as fee_units,
            count(*) as line_count
        from fee_lines
        group by all
    ),
    months as (
        select
            terms.contract_id,
            terms.report_month,
            terms.month_number,
            terms.partner_id,
            terms.side,
            terms.currency_code,
            terms.minor_unit_digits,
            {{
                mul_div_round(
                    scaled("terms.minimum_payout", 6),
                    wide("1"),
                    minor_unit_divisor("terms.minor_unit_digits", 6),
                )
            }} as minimum_units,
            {{ wide("coalesce(earned.earned_units, 0)") }} as earned_units,
            {{ wide("coalesce(earned.held_units, 0)") }} as held_units,
            {{ wide("coalesce(charged.fee_units, 0)") }} as fee_units,
            coalesce(earned.line_count, 0)
            + coalesce(charged.line_count, 0) as line_count
        from terms
        left join
            earned
            on earned.contract_id = terms.contract_id
            and earned.report_month = terms.report_month
        left join
            charged
            on charged.contract_id = terms.contract_id
            and charged.report_month = terms.report_month
    ),
    balances(
        contract_id,
        month_number,
        opening_units,
        closing_units,
        payable_units
    ) as (
        select
            contract_id,
            month_number,
            {{ wide("0") }} as opening_units,
            earned_units - fee_units as closing_units,
            case
                when
                    earned_units - fee_units >= minimum_units
                    and earned_units - fee_units > 0
                then earned_units - fee_units
                else {{ wide("0") }}
            end as payable_units
        from months
        where month_number = 1
        union all
        select
            months.contract_id,
            months.month_number,
            balances.closing_units - balances.payable_units as opening_units,
            balances.closing_units
            - balances.payable_units
            + months.earned_units
            - months.fee_units as closing_units,
            case
                when
                    balances.closing_units
                    - balances.payable_units
                    + months.earned_units
                    - months.fee_units
                    >= months.minimum_units
                    and balances.closing_units
                    - balances.payable_units
                    + months.earned_units
                    - months.fee_units
                    > 0
                then
                    balances.closing_units
                    - balances.payable_units
                    + months.earned_units
                    - months.fee_units
                else {{ wide("0") }}
            end as payable_units
        from balances
        inner join
            months
            on months.contract_id = balances.contract_id
            and months.month_number = balances.month_number + 1
    )
select
    cast(
        months.contract_id
        || '|'
        || {{ month_text("months.report_month") }} as {{ t_str() }}
    ) as statement_id,
    cast(months.partner_id as {{ t_str() }}) as partner_id,
    cast(months.contract_id as {{ t_str() }}) as contract_id,
    cast(months.side as {{ t_str() }}) as side,
    cast(months.currency_code as {{ t_str() }}) as currency_code,
    {{ minor_units_to_amount("balances.opening_units", "months.minor_unit_digits") }}
    as opening_amount,
    {{ minor_units_to_amount("months.earned_units", "months.minor_unit_digits") }}
    as earned_amount,
    {{ minor_units_to_amount("months.fee_units", "months.minor_unit_digits") }}
    as fee_amount,
    {{ minor_units_to_amount("balances.closing_units", "months.minor_unit_digits") }}
    as closing_amount,
    {{ minor_units_to_amount("balances.payable_units", "months.minor_unit_digits") }}
    as payable_amount,
    {{
        minor_units_to_amount(
            "(balances.closing_units - balances.payable_units)",
            "months.minor_unit_digits",
        )
    }} as carried_amount,
    {{ minor_units_to_amount("months.held_units", "months.minor_unit_digits") }}
    as held_amount,
    cast(months.line_count as {{ t_bigint() }}) as line_count,
    cast(months.report_month as date) as report_month
from months
inner join
    balances
    on balances.contract_id = months.contract_id
    and balances.month_number = months.month_number
