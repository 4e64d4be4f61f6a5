-- One row per contract and report month, with the terms its statement is made by: those
-- of the highest version that is valid at some time of the month. Nothing to report is
-- a statement too.
with
    contracts as (select * from {{ ref("stg_licensing__contracts") }}),
    months as (select distinct usage_month as report_month from {{ ref("fct_pools") }}),
    paid as (
        select distinct contract_id, usage_month as report_month
        from {{ ref("int_compensation__line_weights") }}
        where contract_id is not null
    ),
    currencies as (select * from {{ ref("currencies") }})
select
    contracts.contract_id,
    months.report_month,
    contracts.contract_version,
    contracts.partner_id,
    contracts.side,
    contracts.payout_currency_code as currency_code,
    currencies.minor_unit_digits,
    coalesce(contracts.fee_rate, 0) as fee_rate,
    coalesce(contracts.minimum_payout, 0) as minimum_payout,
    dense_rank() over (
        partition by contracts.contract_id order by months.report_month
    ) as month_number
from contracts
cross join months
left join
    paid
    on paid.contract_id = contracts.contract_id
    and paid.report_month = months.report_month
inner join currencies on currencies.currency_code = contracts.payout_currency_code
where
    paid.contract_id is not null
    or (
        cast(contracts.valid_from as date)
        <= cast(months.report_month + interval '1' month as date) - 1
        and coalesce(cast(contracts.valid_to as date), cast('9999-12-31' as date))
        > months.report_month
    )
qualify
    row_number() over (
        partition by contracts.contract_id, months.report_month
        order by
            case
                when
                    cast(contracts.valid_from as date)
                    <= cast(months.report_month + interval '1' month as date) - 1
                    and coalesce(
                        cast(contracts.valid_to as date), cast('9999-12-31' as date)
                    )
                    > months.report_month
                then 0
                else 1
            end,
            contracts.contract_version desc
    )
    = 1
