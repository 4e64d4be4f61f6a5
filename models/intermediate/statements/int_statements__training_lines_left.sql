-- One row per line of a training fee that is not posted yet, and the month of its
-- statement: the amount due, less the amount already in the ledger; and late consents
-- of an open month, whose hold is released in the next (E36).
with
    training_lines as (select * from {{ ref("int_compensation__training_lines") }}),
    ledger_lines as (select * from {{ ref("stg_ledger__lines") }}),
    currencies as (select * from {{ ref("currencies") }}),
    issued as (select * from {{ ref("int_ledger__contracts_issued") }}),
    months as (select * from {{ ref("int_statements__months_following") }}),
    training_due as (
        select
            line_key,
            usage_month,
            product_id,
            side,
            partner_id,
            contract_id,
            contract_version,
            object_id,
            owner_party_id,
            hold_bucket,
            consent_status,
            consent_proof_id,
            currency_code,
            minor_unit_digits,
            weight_nano,
            amount_minor_units
        from training_lines
        union all
        select
            ledger_lines.line_key,
            ledger_lines.usage_month,
            ledger_lines.product_id,
            ledger_lines.side,
            ledger_lines.partner_id,
            ledger_lines.contract_id,
            ledger_lines.contract_version,
            ledger_lines.object_id,
            ledger_lines.owner_party_id,
            ledger_lines.hold_bucket,
            ledger_lines.consent_status,
            ledger_lines.consent_proof_id,
            ledger_lines.currency_code,
            currencies.minor_unit_digits,
            - ledger_lines.weight_nano as weight_nano,
            - {{
                stored_minor_units(
                    "ledger_lines.amount", "currencies.minor_unit_digits"
                )
            }} as amount_minor_units
        from ledger_lines
        inner join currencies on currencies.currency_code = ledger_lines.currency_code
        where ledger_lines.line_type = 'TRAINING_FEE'
    ),
    left_over as (
        select
            line_key,
            usage_month,
            product_id,
            side,
            partner_id,
            contract_id,
            contract_version,
            object_id,
            owner_party_id,
            hold_bucket,
            consent_status,
            consent_proof_id,
            currency_code,
            minor_unit_digits,
            sum(weight_nano) as weight_nano,
            sum(amount_minor_units) as amount_minor_units
        from training_due
        group by all
        having sum(amount_minor_units) <> 0 or sum(weight_nano) <> 0
    ),
    late as (
        select training_lines.*, months.report_month
        from training_lines
        inner join
            months
            on months.contract_id = training_lines.contract_id
            and months.usage_month = training_lines.usage_month
        where
            training_lines.consent_status = 'late_consent'
            and training_lines.hold_bucket = 'CONSENT'
    )
select
    left_over.line_key,
    left_over.usage_month,
    left_over.product_id,
    left_over.side,
    left_over.partner_id,
    left_over.contract_id,
    left_over.contract_version,
    left_over.object_id,
    left_over.owner_party_id,
    left_over.hold_bucket,
    left_over.consent_status,
    left_over.consent_proof_id,
    left_over.currency_code,
    left_over.minor_unit_digits,
    left_over.weight_nano,
    left_over.amount_minor_units,
    greatest(
        left_over.usage_month, coalesce(issued.next_report_month, left_over.usage_month)
    ) as report_month
from left_over
left join issued on issued.contract_id = left_over.contract_id
union all
select
    line_key,
    usage_month,
    product_id,
    side,
    partner_id,
    contract_id,
    contract_version,
    object_id,
    owner_party_id,
    hold_bucket,
    consent_status,
    consent_proof_id,
    currency_code,
    minor_unit_digits,
    - weight_nano,
    - amount_minor_units,
    report_month
from late
union all
select
    {{
        full_line_key(
            {"territory": "'WW'", "consent_proof_id": "late_proof_id"},
            absent=["tier", "hold_bucket"],
        )
    }} as line_key,
    usage_month,
    product_id,
    side,
    partner_id,
    contract_id,
    contract_version,
    object_id,
    owner_party_id,
    cast(null as {{ t_str() }}) as hold_bucket,
    consent_status,
    late_proof_id as consent_proof_id,
    currency_code,
    minor_unit_digits,
    weight_nano,
    amount_minor_units,
    report_month
from late
