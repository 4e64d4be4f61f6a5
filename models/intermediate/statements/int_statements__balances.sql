-- One row per contract and open report month: every term of the balance in minor units.
-- The closing balance is payable if it reaches the minimum payout and the account is
-- not suspended; else it is carried forward (E97), or held as suspended (E98). A
-- contract that has ended has rows until nothing is carried forward, suspended, in
-- reserve or left of an advance.
with recursive
    accounts as (select * from {{ ref("int_statements__accounts") }}),
    recoupments as (select * from {{ ref("int_statements__recoupments") }}),
    suspensions as (select * from {{ ref("int_statements__suspensions") }}),
    ledger_statements as (select * from {{ ref("stg_ledger__statements") }}),
    taxed as (
        select contract_id, report_month, - sum(amount_minor_units) as tax_units
        from {{ ref("int_statements__withholding_lines") }}
        group by all
    ),
    before as (
        select
            contract_id,
            max_by(carried_amount, report_month) as carried_amount,
            sum(suspended_amount) - sum(resumed_amount) as waiting_amount,
            sum(reserve_taken_amount) - sum(reserve_released_amount) as reserved_amount
        from ledger_statements
        group by all
    ),
    months as (
        select
            accounts.*,
            recoupments.released_units,
            recoupments.recouped_units,
            recoupments.advance_balance_units,
            {{ wide("coalesce(taxed.tax_units, 0)") }} as tax_units,
            suspensions.partner_id is not null as is_suspended,
            case
                when accounts.month_number = 1 and before.contract_id is not null
                then
                    {{
                        wide(
                            stored_minor_units(
                                "before.carried_amount", "accounts.minor_unit_digits"
                            )
                        )
                    }}
                else {{ wide("0") }}
            end as carried_before_units,
            case
                when
                    accounts.month_number = 1
                    and before.contract_id is not null
                    and suspensions.partner_id is null
                then
                    {{
                        wide(
                            stored_minor_units(
                                "before.waiting_amount", "accounts.minor_unit_digits"
                            )
                        )
                    }}
                else {{ wide("0") }}
            end as resumed_units,
            case
                when before.contract_id is not null
                then
                    {{
                        wide(
                            stored_minor_units(
                                "before.waiting_amount", "accounts.minor_unit_digits"
                            )
                        )
                    }}
                    + {{
                        wide(
                            stored_minor_units(
                                "before.reserved_amount", "accounts.minor_unit_digits"
                            )
                        )
                    }}
                else {{ wide("0") }}
            end as kept_before_units
        from accounts
        inner join
            recoupments
            on recoupments.contract_id = accounts.contract_id
            and recoupments.report_month = accounts.report_month
        left join
            taxed
            on taxed.contract_id = accounts.contract_id
            and taxed.report_month = accounts.report_month
        left join suspensions on suspensions.partner_id = accounts.partner_id
        left join before on before.contract_id = accounts.contract_id
    ),
    moved as (
        select
            months.*,
            base_units
            - fee_units
            + true_up_units
            - reserve_taken_units
            + released_units
            - recouped_units
            - tax_units
            - penalty_units
            + resumed_units as movement_units
        from months
    ),
    chain(contract_id, month_number, opening_units, closing_units, carried_units) as (
        select
            contract_id,
            month_number,
            carried_before_units as opening_units,
            carried_before_units + movement_units as closing_units,
            {{ carried_units("carried_before_units + movement_units", "moved") }}
            as carried_units
        from moved
        where month_number = 1
        union all
        select
            moved.contract_id,
            moved.month_number,
            chain.carried_units as opening_units,
            chain.carried_units + moved.movement_units as closing_units,
            {{ carried_units("chain.carried_units + moved.movement_units", "moved") }}
            as carried_units
        from chain
        inner join
            moved
            on moved.contract_id = chain.contract_id
            and moved.month_number = chain.month_number + 1
    ),
    closed as (
        select
            moved.*,
            chain.opening_units,
            chain.closing_units,
            chain.carried_units,
            case
                when moved.is_suspended and chain.closing_units > 0
                then chain.closing_units
                else {{ wide("0") }}
            end as suspended_units
        from moved
        inner join
            chain
            on chain.contract_id = moved.contract_id
            and chain.month_number = moved.month_number
    ),
    -- Amounts in reserve or suspended at the start of the month.
    kept as (
        select
            closed.*,
            kept_before_units + coalesce(
                sum(
                    reserve_taken_units
                    - released_units
                    + suspended_units
                    - resumed_units
                ) over (
                    partition by contract_id
                    order by month_number
                    rows between unbounded preceding and 1 preceding
                ),
                0
            ) as kept_units
        from closed
    )
select
    contract_id,
    report_month,
    month_number,
    contract_version,
    partner_id,
    side,
    currency_code,
    minor_unit_digits,
    opening_units,
    earned_units,
    correction_units,
    fee_units,
    true_up_units,
    reserve_taken_units,
    released_units,
    recouped_units,
    advance_balance_units,
    tax_units,
    penalty_units,
    resumed_units,
    closing_units,
    suspended_units,
    closing_units - suspended_units - carried_units as payable_units,
    carried_units,
    held_units
from kept
where
    is_due
    or opening_units <> 0
    or true_up_units <> 0
    or kept_units <> 0
    or advance_balance_units + recouped_units > 0
