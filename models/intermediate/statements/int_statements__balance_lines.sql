-- One row per line that settles an account: recoupments of an advance, balances brought
-- forward, and amounts held or released because of a suspension, as a pair (E91, E92,
-- E98).
with
    balances as (select * from {{ ref("int_statements__balances") }}),
    ledger_lines as (select * from {{ ref("stg_ledger__lines") }}),
    currencies as (select * from {{ ref("currencies") }}),
    recouped as (
        select
            {{
                statement_line(
                    {
                        "line_type": "'ADVANCE_RECOUPMENT'",
                        "side": "side",
                        "partner_id": "partner_id",
                        "contract_id": "contract_id",
                        "contract_version": "contract_version",
                        "amount_minor_units": "- recouped_units",
                        "minor_unit_digits": "minor_unit_digits",
                        "currency_code": "currency_code",
                        "report_month": "report_month",
                        "usage_month": "report_month",
                    }
                )
            }}
        from balances
        where recouped_units > 0
    ),
    carried as (
        select
            {{
                statement_line(
                    {
                        "line_type": "'CARRY_FORWARD'",
                        "side": "side",
                        "partner_id": "partner_id",
                        "contract_id": "contract_id",
                        "contract_version": "contract_version",
                        "amount_minor_units": "opening_units",
                        "minor_unit_digits": "minor_unit_digits",
                        "currency_code": "currency_code",
                        "report_month": "report_month",
                        "usage_month": "report_month",
                    }
                )
            }}
        from balances
        where opening_units <> 0
    ),
    waiting as (
        select
            {{
                statement_line(
                    {
                        "line_type": "'CARRY_FORWARD'",
                        "side": "side",
                        "partner_id": "partner_id",
                        "contract_id": "contract_id",
                        "contract_version": "contract_version",
                        "hold_bucket": "'SUSPENDED'",
                        "amount_minor_units": "suspended_units",
                        "minor_unit_digits": "minor_unit_digits",
                        "currency_code": "currency_code",
                        "report_month": "report_month",
                        "usage_month": "report_month",
                    }
                )
            }}
        from balances
        where suspended_units > 0
    ),
    put_aside as (
        select
            {{
                statement_line(
                    {
                        "line_type": "'CARRY_FORWARD'",
                        "side": "side",
                        "partner_id": "partner_id",
                        "contract_id": "contract_id",
                        "contract_version": "contract_version",
                        "original_line_id": "waiting_line_id",
                        "amount_minor_units": "- amount_minor_units",
                        "minor_unit_digits": "minor_unit_digits",
                        "currency_code": "currency_code",
                        "report_month": "report_month",
                        "usage_month": "report_month",
                    }
                )
            }}
        from (select waiting.*, {{ line_id() }} as waiting_line_id from waiting)
    ),
    -- When a suspension ends, each month of origin is released in one line.
    held_before as (
        select
            ledger_lines.line_id,
            ledger_lines.usage_month,
            ledger_lines.contract_id,
            {{
                stored_minor_units(
                    "ledger_lines.amount", "currencies.minor_unit_digits"
                )
            }} as units
        from ledger_lines
        inner join currencies on currencies.currency_code = ledger_lines.currency_code
        left join
            ledger_lines as releases
            on releases.hold_bucket = 'SUSPENDED'
            and releases.original_line_id = ledger_lines.line_id
        where
            ledger_lines.hold_bucket = 'SUSPENDED'
            and ledger_lines.original_line_id is null
            and releases.line_id is null
    ),
    resumed as (
        select
            held_before.line_id,
            held_before.usage_month,
            signs.hold_bucket,
            signs.direction * held_before.units as units,
            balances.side,
            balances.partner_id,
            balances.contract_id,
            balances.contract_version,
            balances.minor_unit_digits,
            balances.currency_code,
            balances.report_month
        from held_before
        inner join
            balances
            on balances.contract_id = held_before.contract_id
            and balances.month_number = 1
            and balances.resumed_units <> 0
        cross join
            (
                select cast(null as {{ t_str() }}) as hold_bucket, 1 as direction
                union all
                select 'SUSPENDED' as hold_bucket, -1 as direction
            ) as signs
    ),
    returned as (
        select
            {{
                statement_line(
                    {
                        "line_type": "'CARRY_FORWARD'",
                        "side": "side",
                        "partner_id": "partner_id",
                        "contract_id": "contract_id",
                        "contract_version": "contract_version",
                        "hold_bucket": "hold_bucket",
                        "original_line_id": "line_id",
                        "amount_minor_units": "units",
                        "minor_unit_digits": "minor_unit_digits",
                        "currency_code": "currency_code",
                        "report_month": "report_month",
                        "usage_month": "usage_month",
                    }
                )
            }}
        from resumed
    )
select *
from recouped
union all
select *
from carried
union all
select *
from waiting
union all
select *
from put_aside
union all
select *
from returned
