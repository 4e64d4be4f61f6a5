-- One row per product, side and contract that its uses require: the start of use, the
-- date of signature, and the uses before it; and one row per product and side with uses
-- that no contract covers.
with
    uses as (
        select *
        from {{ ref("fct_source_uses") }}
        where
            exclusion_reason is null
            and (contract_id is not null or consent_status = 'unlicensed')
    ),
    -- An amendment that is signed later does not change the date of the first
    -- signature.
    signed as (
        select
            contract_id, partner_id, min(coalesce(signed_at, valid_from)) as signed_at
        from {{ ref("dim_contracts") }}
        group by all
    ),
    products as (select * from {{ ref("dim_products") }})
select
    uses.product_id,
    uses.side,
    uses.contract_id,
    cast(max(signed.partner_id) as {{ t_str() }}) as partner_id,
    cast(max(products.launched_at) as {{ t_ts() }}) as launched_at,
    cast(min(uses.judged_at) as {{ t_ts() }}) as first_used_at,
    cast(max(signed.signed_at) as {{ t_ts() }}) as signed_at,
    cast(
        round(
            sum(
                case
                    when uses.judged_at >= signed.signed_at then 0 else uses.weight_nano
                end
            ),
            0
        ) as {{ t_dec(38, 0) }}
    ) as unsigned_weight_nano,
    cast(round(sum(uses.weight_nano), 0) as {{ t_dec(38, 0) }}) as weight_nano,
    cast(
        min(uses.judged_at) < max(signed.signed_at)
        or uses.contract_id is null as boolean
    ) as is_before_contract
from uses
left join signed on signed.contract_id = uses.contract_id
left join products on products.product_id = uses.product_id
group by uses.product_id, uses.side, uses.contract_id
