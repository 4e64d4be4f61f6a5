-- One row per compensation line of a report month: as issued, or if it is not issued,
-- as of the freeze.
with
    open_lines as (select * from {{ ref("int_statements__open_lines") }}),
    ledger_lines as (select * from {{ ref("stg_ledger__lines") }}),
    recordings as (select * from {{ ref("stg_catalog__recordings") }})
select
    cast(line_id as {{ t_str() }}) as line_id,
    cast(line_key as {{ t_str() }}) as line_key,
    cast(line_type as {{ t_str() }}) as line_type,
    cast(pool_id as {{ t_str() }}) as pool_id,
    cast(territory as {{ t_str() }}) as territory,
    cast(product_id as {{ t_str() }}) as product_id,
    cast(tier as {{ t_str() }}) as tier,
    cast(side as {{ t_str() }}) as side,
    cast(partner_id as {{ t_str() }}) as partner_id,
    cast(contract_id as {{ t_str() }}) as contract_id,
    cast(contract_version as {{ t_bigint() }}) as contract_version,
    cast(object_id as {{ t_str() }}) as object_id,
    cast(isrc as {{ t_str() }}) as isrc,
    cast(owner_party_id as {{ t_str() }}) as owner_party_id,
    cast(member_party_id as {{ t_str() }}) as member_party_id,
    cast(hold_bucket as {{ t_str() }}) as hold_bucket,
    cast(consent_status as {{ t_str() }}) as consent_status,
    cast(consent_proof_id as {{ t_str() }}) as consent_proof_id,
    cast(original_line_id as {{ t_str() }}) as original_line_id,
    cast(usage_layer as {{ t_str() }}) as usage_layer,
    cast(quantity as {{ t_bigint() }}) as quantity,
    cast(weight_nano as {{ t_dec(38, 0) }}) as weight_nano,
    cast(amount as {{ t_dec(24, 3) }}) as amount,
    cast(currency_code as {{ t_str() }}) as currency_code,
    cast(report_month as date) as report_month,
    cast(usage_month as date) as usage_month,
    true as is_issued
from ledger_lines
union all
select
    cast({{ line_id() }} as {{ t_str() }}) as line_id,
    cast(open_lines.line_key as {{ t_str() }}) as line_key,
    cast(open_lines.line_type as {{ t_str() }}) as line_type,
    cast(open_lines.pool_id as {{ t_str() }}) as pool_id,
    cast(open_lines.territory as {{ t_str() }}) as territory,
    cast(open_lines.product_id as {{ t_str() }}) as product_id,
    cast(open_lines.tier as {{ t_str() }}) as tier,
    cast(open_lines.side as {{ t_str() }}) as side,
    cast(open_lines.partner_id as {{ t_str() }}) as partner_id,
    cast(open_lines.contract_id as {{ t_str() }}) as contract_id,
    cast(open_lines.contract_version as {{ t_bigint() }}) as contract_version,
    cast(open_lines.object_id as {{ t_str() }}) as object_id,
    cast(recordings.isrc as {{ t_str() }}) as isrc,
    cast(open_lines.owner_party_id as {{ t_str() }}) as owner_party_id,
    cast(open_lines.member_party_id as {{ t_str() }}) as member_party_id,
    cast(open_lines.hold_bucket as {{ t_str() }}) as hold_bucket,
    cast(open_lines.consent_status as {{ t_str() }}) as consent_status,
    cast(open_lines.consent_proof_id as {{ t_str() }}) as consent_proof_id,
    cast(open_lines.original_line_id as {{ t_str() }}) as original_line_id,
    cast(open_lines.usage_layer as {{ t_str() }}) as usage_layer,
    cast(open_lines.quantity as {{ t_bigint() }}) as quantity,
    cast(open_lines.weight_nano as {{ t_dec(38, 0) }}) as weight_nano,
    {{
        minor_units_to_amount(
            "open_lines.amount_minor_units", "open_lines.minor_unit_digits"
        )
    }} as amount,
    cast(open_lines.currency_code as {{ t_str() }}) as currency_code,
    cast(open_lines.report_month as date) as report_month,
    cast(open_lines.usage_month as date) as usage_month,
    false as is_issued
from open_lines
left join
    recordings
    on open_lines.side = 'MASTER'
    and recordings.recording_id = open_lines.object_id
