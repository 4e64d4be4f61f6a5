-- One row per earning line of every statement, issued or open, in minor units: the
-- basis of guarantees and of the tax on a released reserve.
with
    ledger_lines as (select * from {{ ref("stg_ledger__lines") }}),
    currencies as (select * from {{ ref("currencies") }}),
    earning_lines as (select * from {{ ref("int_statements__earning_lines") }})
select
    ledger_lines.line_type,
    ledger_lines.line_key,
    ledger_lines.usage_layer,
    ledger_lines.original_line_id,
    ledger_lines.contract_id,
    ledger_lines.territory,
    ledger_lines.object_id,
    ledger_lines.owner_party_id,
    ledger_lines.member_party_id,
    ledger_lines.hold_bucket,
    ledger_lines.weight_nano,
    {{ stored_minor_units("ledger_lines.amount", "currencies.minor_unit_digits") }}
    as amount_minor_units,
    ledger_lines.report_month,
    ledger_lines.usage_month
from ledger_lines
inner join currencies on currencies.currency_code = ledger_lines.currency_code
where
    ledger_lines.contract_id is not null
    and ledger_lines.line_type in {{ earning_types() }}
union all
select
    line_type,
    line_key,
    usage_layer,
    original_line_id,
    contract_id,
    territory,
    object_id,
    owner_party_id,
    member_party_id,
    hold_bucket,
    weight_nano,
    amount_minor_units,
    report_month,
    usage_month
from earning_lines
where contract_id is not null and line_type in {{ earning_types() }}
