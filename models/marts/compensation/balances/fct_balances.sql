-- One row per contract, report month and kind of balance: an advance, a reserve, a
-- minimum guarantee. opening + added - used = closing. The balance of a guarantee is
-- the amounts that count towards the sum guaranteed in the period of the month,
-- including top-ups.
with
    statements as (select * from {{ ref("fct_statements") }}),
    contracts as (select * from {{ ref("dim_contracts") }}),
    currencies as (select * from {{ ref("currencies") }}),
    guarantees as (select * from {{ ref("fct_guarantees") }}),
    months as (
        select
            *,
            cast({{ months_after("report_month", "1") }} as date) as month_end,
            coalesce(
                sum(recouped_amount) over (
                    partition by contract_id
                    order by report_month
                    rows between unbounded preceding and 1 preceding
                ),
                0
            ) as recouped_before_amount,
            coalesce(
                sum(reserve_taken_amount - reserve_released_amount) over (
                    partition by contract_id
                    order by report_month
                    rows between unbounded preceding and 1 preceding
                ),
                0
            ) as reserved_before_amount
        from statements
    ),
    -- Versions repeat the paid advance; the highest version has the valid amount.
    advances as (
        select
            contracts.contract_id,
            contracts.advance_paid_on,
            {{
                minor_units_to_amount(
                    amount_to_minor_units(
                        "contracts.advance_amount", "currencies.minor_unit_digits"
                    ),
                    "currencies.minor_unit_digits",
                )
            }} as advance_amount
        from contracts
        inner join
            currencies on currencies.currency_code = contracts.payout_currency_code
        where contracts.advance_amount is not null
        qualify
            row_number() over (
                partition by contracts.contract_id, contracts.advance_paid_on
                order by contracts.contract_version desc
            )
            = 1
    ),
    advanced as (
        select
            months.statement_id,
            sum(
                case
                    when advances.advance_paid_on < months.report_month
                    then advances.advance_amount
                    else 0
                end
            )
            - max(months.recouped_before_amount) as opening_amount,
            sum(
                case
                    when advances.advance_paid_on >= months.report_month
                    then advances.advance_amount
                    else 0
                end
            ) as added_amount
        from months
        inner join
            advances
            on advances.contract_id = months.contract_id
            and advances.advance_paid_on < months.month_end
        group by months.statement_id
    ),
    balances as (
        select
            months.statement_id,
            'advance' as balance_kind,
            advanced.opening_amount,
            advanced.added_amount,
            months.recouped_amount as used_amount,
            cast(null as {{ t_dec(24, 3) }}) as guaranteed_amount,
            cast(null as date) as period_start_date,
            cast(null as date) as period_end_date
        from months
        inner join advanced on advanced.statement_id = months.statement_id
        union all
        select
            statement_id,
            'reserve' as balance_kind,
            reserved_before_amount as opening_amount,
            reserve_taken_amount as added_amount,
            reserve_released_amount as used_amount,
            cast(null as {{ t_dec(24, 3) }}) as guaranteed_amount,
            cast(null as date) as period_start_date,
            cast(null as date) as period_end_date
        from months
        where
            reserved_before_amount <> 0
            or reserve_taken_amount <> 0
            or reserve_released_amount <> 0
        union all
        select
            statement_id,
            'guarantee' as balance_kind,
            earned_before_amount as opening_amount,
            earned_amount as added_amount,
            0 as used_amount,
            guaranteed_amount,
            period_start_date,
            period_end_date
        from guarantees
    )
select
    cast(months.partner_id as {{ t_str() }}) as partner_id,
    cast(months.contract_id as {{ t_str() }}) as contract_id,
    cast(months.report_month as date) as report_month,
    cast(months.statement_id as {{ t_str() }}) as statement_id,
    cast(balances.balance_kind as {{ t_str() }}) as balance_kind,
    cast(months.currency_code as {{ t_str() }}) as currency_code,
    cast(balances.opening_amount as {{ t_dec(24, 3) }}) as opening_amount,
    cast(balances.added_amount as {{ t_dec(24, 3) }}) as added_amount,
    cast(balances.used_amount as {{ t_dec(24, 3) }}) as used_amount,
    cast(
        balances.opening_amount
        + balances.added_amount
        - balances.used_amount as {{ t_dec(24, 3) }}
    ) as closing_amount,
    cast(balances.guaranteed_amount as {{ t_dec(24, 3) }}) as guaranteed_amount,
    balances.period_start_date,
    balances.period_end_date
from balances
inner join months on months.statement_id = balances.statement_id
