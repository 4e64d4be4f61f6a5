-- One row per product, side and contract that its uses require: the start of use, the
-- date of signature, and the uses before it; and one row per product and side with uses
-- that no contract covers.
with
    use_groups as (
        select *
        from {{ ref("fct_use_groups") }}
        where
            exclusion_reason is null
            and (contract_id is not null or consent_status = 'unlicensed')
    ),
    uses as (select * from {{ ref("fct_uses") }}),
    -- An amendment that is signed later does not change the date of the first
    -- signature.
    signed as (
        select
            contract_id, partner_id, min(coalesce(signed_at, valid_from)) as signed_at
        from {{ ref("dim_contracts") }}
        group by all
    ),
    products as (select * from {{ ref("dim_products") }}),
    compared as (
        select
            use_groups.*,
            signed.partner_id as signed_partner_id,
            signed.signed_at,
            coalesce(
                signed.signed_at > use_groups.first_judged_at
                and signed.signed_at <= use_groups.last_judged_at,
                false
            ) as is_signed_between
        from use_groups
        left join signed on signed.contract_id = use_groups.contract_id
    ),
    weighed as (
        select
            product_id,
            side,
            contract_id,
            signed_partner_id,
            signed_at,
            first_judged_at as judged_at,
            weight_nano
        from compared
        where not is_signed_between
        union all
        -- Of a batch that the signature divides, the single uses.
        select
            compared.product_id,
            compared.side,
            compared.contract_id,
            compared.signed_partner_id,
            compared.signed_at,
            uses.judged_at,
            {{
                use_weight_nano(
                    "uses.quantity",
                    "compared.source_weight_nano",
                    "compared.ownership_share",
                )
            }} as weight_nano
        from compared
        inner join uses on uses.use_batch_number = compared.use_batch_number
        where compared.is_signed_between
    )
select
    weighed.product_id,
    weighed.side,
    weighed.contract_id,
    cast(max(weighed.signed_partner_id) as {{ t_str() }}) as partner_id,
    cast(max(products.launched_at) as {{ t_ts() }}) as launched_at,
    cast(min(weighed.judged_at) as {{ t_ts() }}) as first_used_at,
    cast(max(weighed.signed_at) as {{ t_ts() }}) as signed_at,
    cast(
        round(
            sum(
                case
                    when weighed.judged_at >= weighed.signed_at
                    then 0
                    else weighed.weight_nano
                end
            ),
            0
        ) as {{ t_dec(38, 0) }}
    ) as unsigned_weight_nano,
    cast(round(sum(weighed.weight_nano), 0) as {{ t_dec(38, 0) }}) as weight_nano,
    cast(
        min(weighed.judged_at) < max(weighed.signed_at)
        or weighed.contract_id is null as boolean
    ) as is_before_contract
from weighed
left join products on products.product_id = weighed.product_id
group by weighed.product_id, weighed.side, weighed.contract_id
