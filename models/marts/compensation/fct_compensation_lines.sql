-- One row per compensation line of a report month.
with
    usage_lines as (select * from {{ ref("int_compensation__usage_lines") }}),
    fee_lines as (select * from {{ ref("int_compensation__fee_lines") }}),
    members as (select * from {{ ref("int_compensation__members") }}),
    recordings as (select * from {{ ref("stg_catalog__recordings") }}),
    all_lines as (
        select
            usage_lines.line_key,
            'USAGE' as line_type,
            usage_lines.usage_month as report_month,
            usage_lines.pool_id,
            usage_lines.usage_month,
            usage_lines.territory,
            usage_lines.product_id,
            usage_lines.tier,
            usage_lines.side,
            usage_lines.partner_id,
            usage_lines.contract_id,
            usage_lines.contract_version,
            usage_lines.object_id,
            recordings.isrc,
            usage_lines.owner_party_id,
            members.member_party_id,
            usage_lines.quantity,
            usage_lines.weight_nano,
            usage_lines.amount_minor_units,
            usage_lines.minor_unit_digits,
            usage_lines.currency_code,
            usage_lines.hold_bucket,
            usage_lines.consent_status,
            usage_lines.consent_proof_id
        from usage_lines
        left join
            members
            on members.owner_party_id = usage_lines.owner_party_id
            and members.partner_id = usage_lines.partner_id
            and members.usage_month = usage_lines.usage_month
        left join
            recordings
            on usage_lines.side = 'MASTER'
            and recordings.recording_id = usage_lines.object_id
        union all
        select
            line_key,
            'FEE' as line_type,
            report_month,
            cast(null as {{ t_str() }}) as pool_id,
            report_month as usage_month,
            cast(null as {{ t_str() }}) as territory,
            cast(null as {{ t_str() }}) as product_id,
            cast(null as {{ t_str() }}) as tier,
            side,
            partner_id,
            contract_id,
            contract_version,
            cast(null as {{ t_str() }}) as object_id,
            cast(null as {{ t_str() }}) as isrc,
            cast(null as {{ t_str() }}) as owner_party_id,
            member_party_id,
            cast(0 as {{ t_bigint() }}) as quantity,
            cast(0 as {{ t_bigint() }}) as weight_nano,
            amount_minor_units,
            minor_unit_digits,
            currency_code,
            cast(null as {{ t_str() }}) as hold_bucket,
            cast(null as {{ t_str() }}) as consent_status,
            cast(null as {{ t_str() }}) as consent_proof_id
        from fee_lines
    )
select
    cast(
        {{ md5_key([month_text("report_month"), "line_type", "line_key"]) }}
        as {{ t_str() }}
    ) as line_id,
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
    cast(null as {{ t_str() }}) as original_line_id,
    cast(quantity as {{ t_bigint() }}) as quantity,
    cast(weight_nano as {{ t_bigint() }}) as weight_nano,
    {{ minor_units_to_amount("amount_minor_units", "minor_unit_digits") }} as amount,
    cast(currency_code as {{ t_str() }}) as currency_code,
    cast(report_month as date) as report_month,
    cast(usage_month as date) as usage_month
from all_lines
