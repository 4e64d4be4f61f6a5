-- One row per contract and open report month: the advances paid, the recoupments in
-- issued months, and the part of the month's earnings that may be recouped (E91 to
-- E93): earnings including corrections, less fee and reserve taken, plus reserve
-- released; for an advance on some products at most the earnings of these. Minor units.
with
    accounts as (select * from {{ ref("int_statements__accounts") }}),
    contracts as (select * from {{ ref("stg_licensing__contracts") }}),
    currencies as (select * from {{ ref("currencies") }}),
    ledger_statements as (select * from {{ ref("stg_ledger__statements") }}),
    -- Versions repeat the advance that was paid; the highest has its amount.
    advances as (
        select
            contracts.contract_id,
            contracts.advance_paid_on,
            {{
                amount_to_minor_units(
                    "contracts.advance_amount", "currencies.minor_unit_digits"
                )
            }} as advance_units
        from contracts
        inner join
            currencies on currencies.currency_code = contracts.payout_currency_code
        left join
            {{ ref("int_licensing__versions_replaced") }} as replaced
            on replaced.contract_id = contracts.contract_id
            and replaced.contract_version = contracts.contract_version
        where contracts.advance_amount is not null and replaced.contract_id is null
        qualify
            row_number() over (
                partition by contracts.contract_id, contracts.advance_paid_on
                order by contracts.contract_version desc
            )
            = 1
    ),
    paid as (
        select
            accounts.contract_id,
            accounts.report_month,
            sum(advances.advance_units) as advance_units
        from accounts
        inner join
            advances
            on advances.contract_id = accounts.contract_id
            and advances.advance_paid_on < accounts.month_end
        group by all
    ),
    recouped_before as (
        select
            ledger_statements.contract_id,
            sum(
                {{
                    stored_minor_units(
                        "ledger_statements.recouped_amount",
                        "currencies.minor_unit_digits",
                    )
                }}
            ) as recouped_units
        from ledger_statements
        inner join
            currencies on currencies.currency_code = ledger_statements.currency_code
        group by all
    ),
    released as (
        select contract_id, report_month, sum(amount_minor_units) as released_units
        from {{ ref("int_statements__reserve_lines") }}
        where line_type = 'RESERVE_RELEASE'
        group by all
    )
select
    accounts.contract_id,
    accounts.month_number,
    accounts.report_month,
    {{ wide("coalesce(paid.advance_units, 0)") }} as advance_units,
    {{ wide("coalesce(recouped_before.recouped_units, 0)") }} as recouped_before_units,
    {{ wide("coalesce(released.released_units, 0)") }} as released_units,
    greatest(
        least(
            case
                when
                    accounts.advance_product_ids is null
                    or array_contains(accounts.advance_product_ids, '*')
                then
                    accounts.base_units
                    - accounts.fee_units
                    - accounts.reserve_taken_units
                    + coalesce(released.released_units, 0)
                else
                    accounts.in_scope_units
                    - case when accounts.in_scope_units < 0 then -1 else 1 end
                    * {{
                        mul_div_round(
                            "abs(accounts.in_scope_units)",
                            scaled("accounts.fee_rate", 12),
                            pow10(12),
                        )
                    }}
            end,
            accounts.base_units
            - accounts.fee_units
            - accounts.reserve_taken_units
            + coalesce(released.released_units, 0)
        ),
        0
    ) as recoupable_units
from accounts
left join
    paid
    on paid.contract_id = accounts.contract_id
    and paid.report_month = accounts.report_month
left join
    released
    on released.contract_id = accounts.contract_id
    and released.report_month = accounts.report_month
left join recouped_before on recouped_before.contract_id = accounts.contract_id
