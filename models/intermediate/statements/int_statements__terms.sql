-- One row per contract and open report month, with the terms its statement is made by:
-- those of the highest version that is valid at some time of the month. Nothing to
-- report is a statement too; a contract that has ended gets one for as long as money is
-- left on its account.
with
    contracts as (select * from {{ ref("int_licensing__terms_effective") }}),
    earning_lines as (select * from {{ ref("int_statements__earning_lines") }}),
    issued as (select * from {{ ref("int_statements__contracts_issued") }}),
    ledger_statements as (select * from {{ ref("stg_ledger__statements") }}),
    months as (
        select distinct usage_month as report_month
        from {{ ref("fct_pools") }}
        union
        select distinct report_month
        from earning_lines
    ),
    paid as (
        select distinct contract_id, report_month
        from earning_lines
        where contract_id is not null
    ),
    left_over as (
        select contract_id
        from ledger_statements
        group by contract_id
        having
            sum(reserve_taken_amount) <> sum(reserve_released_amount)
            or sum(suspended_amount) <> sum(resumed_amount)
            or max_by(carried_amount, report_month) <> 0
    ),
    currencies as (select * from {{ ref("currencies") }}),
    offered as (
        select
            contracts.*,
            months.report_month,
            cast(
                date_trunc('month', months.report_month + interval '1' month) as date
            ) as month_end,
            paid.contract_id is not null
            or left_over.contract_id is not null as is_needed
        from contracts
        cross join months
        left join issued on issued.contract_id = contracts.contract_id
        left join
            paid
            on paid.contract_id = contracts.contract_id
            and paid.report_month = months.report_month
        left join left_over on left_over.contract_id = contracts.contract_id
        where
            issued.contract_id is null or months.report_month > issued.last_report_month
    ),
    judged as (
        select
            offered.*,
            cast(valid_from as date) < month_end
            and coalesce(
                valid_to > cast(report_month as {{ t_ts() }}), true
            ) as is_valid
        from offered
    )
select
    judged.contract_id,
    judged.report_month,
    judged.month_end,
    judged.contract_version,
    judged.base_contract_version,
    judged.partner_id,
    judged.side,
    judged.payout_currency_code as currency_code,
    currencies.minor_unit_digits,
    coalesce(judged.fee_rate, 0) as fee_rate,
    {{
        amount_to_minor_units(
            "coalesce(judged.minimum_payout, 0)", "currencies.minor_unit_digits"
        )
    }} as minimum_units,
    {{
        amount_to_minor_units(
            "coalesce(judged.minimum_guarantee_amount, 0)",
            "currencies.minor_unit_digits",
        )
    }} as guarantee_units,
    judged.minimum_guarantee_period_months as guarantee_months,
    cast(
        date_trunc('month', judged.minimum_guarantee_starts_on) as date
    ) as guarantee_starts_on,
    judged.advance_product_ids,
    coalesce(judged.reserve_rate, 0) as reserve_rate,
    coalesce(judged.reserve_release_after_months, 0) as reserve_release_after_months,
    dense_rank() over (
        partition by judged.contract_id order by judged.report_month
    ) as month_number
from judged
inner join currencies on currencies.currency_code = judged.payout_currency_code
where judged.is_needed or judged.is_valid
qualify
    row_number() over (
        partition by judged.contract_id, judged.report_month
        order by
            case when judged.is_valid then 0 else 1 end,
            judged.base_contract_version desc,
            judged.contract_version desc
    )
    = 1
