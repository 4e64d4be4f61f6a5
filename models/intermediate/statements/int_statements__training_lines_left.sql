-- One row per line of a training fee that is not posted yet: what is due, less what
-- stands in the ledger already.
with
    training_lines as (select * from {{ ref("int_compensation__training_lines") }}),
    ledger_lines as (select * from {{ ref("stg_ledger__lines") }}),
    currencies as (select * from {{ ref("currencies") }}),
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
    )
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
