-- One row per contract and open report month, with the terms of its statement: those of
-- the highest version that is valid at some time in the month, or of the last one. A
-- statement without lines is also due (`is_due`). A contract that has ended keeps its
-- rows, because its balances may not be settled; whether it has a statement depends on
-- them.
with
    contracts as (select * from {{ ref("int_licensing__terms_effective") }}),
    earning_lines as (select * from {{ ref("int_statements__earning_lines") }}),
    issued as (select * from {{ ref("int_ledger__contracts_issued") }}),
    months as (
        select report_month
        from {{ ref("int_statements__months") }}
        union
        select distinct report_month
        from earning_lines
    ),
    paid as (
        select distinct contract_id, report_month
        from earning_lines
        where contract_id is not null
    ),
    currencies as (select * from {{ ref("currencies") }}),
    offered as (
        select
            contracts.*,
            months.report_month,
            cast(
                date_trunc('month', months.report_month + interval '1' month) as date
            ) as month_end,
            paid.contract_id is not null as is_paid,
            issued.contract_id is not null as is_issued_before
        from contracts
        cross join months
        left join issued on issued.contract_id = contracts.contract_id
        left join
            paid
            on paid.contract_id = contracts.contract_id
            and paid.report_month = months.report_month
        where
            issued.contract_id is null or months.report_month > issued.last_report_month
    ),
    assessed as (
        select
            offered.*,
            cast(valid_from as date) < month_end
            and coalesce(
                valid_to > cast(report_month as {{ t_ts() }}), true
            ) as is_valid,
            cast(valid_from as date) < month_end as is_begun
        from offered
    ),
    chosen as (
        select *
        from assessed
        qualify
            row_number() over (
                partition by contract_id, report_month
                order by
                    case when is_valid then 0 else 1 end,
                    case when is_begun then 0 else 1 end,
                    base_contract_version desc,
                    contract_version desc
            )
            = 1
    ),
    -- An account begins with the first month in which the contract is valid or earns.
    begun as (
        select
            chosen.*,
            is_issued_before
            or sum(case when is_valid or is_paid then 1 else 0 end) over (
                partition by contract_id order by report_month
            )
            > 0 as has_account
        from chosen
    )
select
    begun.contract_id,
    begun.report_month,
    begun.month_end,
    begun.contract_version,
    begun.base_contract_version,
    begun.partner_id,
    begun.side,
    begun.payout_currency_code as currency_code,
    currencies.minor_unit_digits,
    coalesce(begun.fee_rate, 0) as fee_rate,
    {{
        amount_to_minor_units(
            "coalesce(begun.minimum_payout, 0)", "currencies.minor_unit_digits"
        )
    }} as minimum_units,
    {{
        amount_to_minor_units(
            "coalesce(begun.minimum_guarantee_amount, 0)",
            "currencies.minor_unit_digits",
        )
    }} as guarantee_units,
    begun.minimum_guarantee_period_months as guarantee_months,
    cast(
        date_trunc('month', begun.minimum_guarantee_starts_on) as date
    ) as guarantee_starts_on,
    begun.advance_product_ids,
    coalesce(begun.reserve_rate, 0) as reserve_rate,
    begun.is_valid or begun.is_paid as is_due,
    row_number() over (
        partition by begun.contract_id order by begun.report_month
    ) as month_number
from begun
inner join currencies on currencies.currency_code = begun.payout_currency_code
where begun.has_account
