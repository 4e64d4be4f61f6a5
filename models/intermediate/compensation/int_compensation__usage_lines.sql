-- One row per line and layer of usage, with its amount at the freeze: its share of the
-- fee of its rounding group, in whole minor units by largest remainder, ties by line
-- key (docs/money.md, "Lines and rounding").
with
    -- Lines are shared out by numbers, which are in the order of their keys.
    line_weights as (
        select *, row_number() over (order by line_key, usage_layer) as line_number
        from {{ ref("int_compensation__line_weights") }}
    ),
    fees as (select * from {{ ref("int_compensation__fees") }}),
    accruals as (select * from {{ ref("int_compensation__accruals") }}),
    contract_lines as (
        {{
            contract_rounding_groups(
                "line_weights", ["line_number", "usage_layer", "weight_nano"]
            )
        }}
    ),
    numbered_accruals as (
        select
            *,
            - row_number() over (
                order by pool_id, hold_bucket, usage_layer
            ) as group_number
        from accruals
    ),
    accrual_lines as (
        select
            line_weights.line_number,
            line_weights.usage_layer,
            line_weights.weight_nano,
            numbered_accruals.group_number as rounding_group,
            numbered_accruals.currency_code,
            numbered_accruals.minor_unit_digits,
            numbered_accruals.fee_minor_units
        from line_weights
        inner join
            numbered_accruals
            on numbered_accruals.pool_id = line_weights.pool_id
            and numbered_accruals.hold_bucket = line_weights.hold_bucket
            and numbered_accruals.usage_layer = line_weights.usage_layer
        where line_weights.contract_id is null
    ),
    grouped as (
        select *
        from contract_lines
        union all
        select *
        from accrual_lines
    ),
    {{ fees_shared_out("line_number") }}
select
    line_weights.line_key,
    line_weights.pool_id,
    line_weights.usage_month,
    line_weights.territory,
    line_weights.product_id,
    line_weights.tier,
    line_weights.side,
    line_weights.partner_id,
    line_weights.contract_id,
    line_weights.contract_version,
    line_weights.object_id,
    line_weights.owner_party_id,
    line_weights.hold_bucket,
    line_weights.consent_status,
    line_weights.consent_proof_id,
    line_weights.usage_layer,
    line_weights.quantity,
    line_weights.weight_nano,
    rounded.currency_code,
    rounded.minor_unit_digits,
    {{ wide("rounded.amount_minor_units") }} as amount_minor_units
from rounded
inner join line_weights on line_weights.line_number = rounded.line_number
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
