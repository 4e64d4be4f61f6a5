-- One row per RESERVE_TAKE and RESERVE_RELEASE line: a take is released in the first
-- open statement on or after its release time, and the release names the take (E96).
with
    accounts as (select * from {{ ref("int_statements__accounts") }}),
    terms as (select * from {{ ref("int_licensing__terms_effective") }}),
    ledger_lines as (select * from {{ ref("stg_ledger__lines") }}),
    -- Of a version that a most-favoured-nation clause no longer creates, the contract's
    -- last version has the terms.
    last_terms as (
        select *
        from terms
        qualify
            row_number() over (
                partition by contract_id
                order by base_contract_version desc, contract_version desc
            )
            = 1
    ),
    currencies as (select * from {{ ref("currencies") }}),
    takes as (
        select
            {{
                statement_line(
                    {
                        "line_type": "'RESERVE_TAKE'",
                        "side": "side",
                        "partner_id": "partner_id",
                        "contract_id": "contract_id",
                        "contract_version": "contract_version",
                        "amount_minor_units": "- reserve_taken_units",
                        "minor_unit_digits": "minor_unit_digits",
                        "currency_code": "currency_code",
                        "report_month": "report_month",
                        "usage_month": "report_month",
                    }
                )
            }}
        from accounts
        where reserve_taken_units > 0
    ),
    all_takes as (
        select
            {{ line_id() }} as line_id,
            contract_id,
            contract_version,
            report_month as taken_month,
            - amount_minor_units as units
        from takes
        union all
        select
            ledger_lines.line_id,
            ledger_lines.contract_id,
            ledger_lines.contract_version,
            ledger_lines.report_month as taken_month,
            - {{
                stored_minor_units(
                    "ledger_lines.amount", "currencies.minor_unit_digits"
                )
            }} as units
        from ledger_lines
        inner join currencies on currencies.currency_code = ledger_lines.currency_code
        left join
            ledger_lines as releases
            on releases.line_type = 'RESERVE_RELEASE'
            and releases.original_line_id = ledger_lines.line_id
        where ledger_lines.line_type = 'RESERVE_TAKE' and releases.line_id is null
    ),
    due as (
        select
            all_takes.line_id,
            all_takes.contract_id,
            all_takes.taken_month,
            all_takes.units,
            cast(
                {{
                    months_after(
                        "all_takes.taken_month",
                        "coalesce(case when terms.contract_id is not null then terms.reserve_release_after_months else last_terms.reserve_release_after_months end, 0)",
                    )
                }}
                as date
            ) as due_month
        from all_takes
        left join
            terms
            on terms.contract_id = all_takes.contract_id
            and terms.contract_version = all_takes.contract_version
        left join last_terms on last_terms.contract_id = all_takes.contract_id
    ),
    released as (
        select
            due.line_id,
            due.taken_month,
            due.units,
            accounts.contract_id,
            accounts.contract_version,
            accounts.partner_id,
            accounts.side,
            accounts.minor_unit_digits,
            accounts.currency_code,
            accounts.report_month
        from due
        inner join
            accounts
            on accounts.contract_id = due.contract_id
            and accounts.report_month >= due.due_month
            and accounts.report_month > due.taken_month
        qualify
            row_number() over (partition by due.line_id order by accounts.report_month)
            = 1
    )
select *
from takes
union all
select
    {{
        statement_line(
            {
                "line_type": "'RESERVE_RELEASE'",
                "side": "side",
                "partner_id": "partner_id",
                "contract_id": "contract_id",
                "contract_version": "contract_version",
                "original_line_id": "line_id",
                "amount_minor_units": "units",
                "minor_unit_digits": "minor_unit_digits",
                "currency_code": "currency_code",
                "report_month": "report_month",
                "usage_month": "taken_month",
            }
        )
    }}
from released
