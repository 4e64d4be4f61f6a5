-- One row per line and layer of usage, with its amount at the freeze: its share of the
-- fee of its rounding group, in whole minor units by largest remainder, ties by line
-- key (docs/money.md, "Lines and rounding").
with
    line_weights as (select * from {{ ref("int_compensation__line_weights") }}),
    fees as (select * from {{ ref("int_compensation__fees") }}),
    accruals as (select * from {{ ref("int_compensation__accruals") }}),
    contract_lines as ({{ contract_rounding_groups("line_weights") }}),
    accrual_lines as (
        select
            line_weights.*,
            line_weights.pool_id
            || '||'
            || line_weights.hold_bucket
            || '|'
            || line_weights.usage_layer as rounding_group,
            accruals.currency_code,
            accruals.minor_unit_digits,
            accruals.fee_minor_units
        from line_weights
        inner join
            accruals
            on accruals.pool_id = line_weights.pool_id
            and accruals.hold_bucket = line_weights.hold_bucket
            and accruals.usage_layer = line_weights.usage_layer
        where line_weights.contract_id is null
    ),
    grouped as (
        select *
        from contract_lines
        union all
        select *
        from accrual_lines
    ),
    {{ fees_shared_out() }}
select
    line_key,
    pool_id,
    usage_month,
    territory,
    product_id,
    tier,
    side,
    partner_id,
    contract_id,
    contract_version,
    object_id,
    owner_party_id,
    hold_bucket,
    consent_status,
    consent_proof_id,
    usage_layer,
    quantity,
    weight_nano,
    currency_code,
    minor_unit_digits,
    {{ wide("amount_minor_units") }} as amount_minor_units
from rounded
union all
select
    {{
        full_line_key(
            absent=[
                "contract_id",
                "contract_version",
                "object_id",
                "owner_party_id",
                "consent_status",
                "consent_proof_id",
            ]
        )
    }} as line_key,
    pool_id,
    usage_month,
    territory,
    product_id,
    tier,
    side,
    cast(null as {{ t_str() }}) as partner_id,
    cast(null as {{ t_str() }}) as contract_id,
    cast(null as {{ t_bigint() }}) as contract_version,
    cast(null as {{ t_str() }}) as object_id,
    cast(null as {{ t_str() }}) as owner_party_id,
    hold_bucket,
    cast(null as {{ t_str() }}) as consent_status,
    cast(null as {{ t_str() }}) as consent_proof_id,
    usage_layer,
    cast(0 as {{ t_bigint() }}) as quantity,
    cast(0 as {{ t_dec(38, 0) }}) as weight_nano,
    currency_code,
    minor_unit_digits,
    {{ wide("fee_minor_units") }} as amount_minor_units
from accruals
where hold_bucket = 'NO_USAGE'
