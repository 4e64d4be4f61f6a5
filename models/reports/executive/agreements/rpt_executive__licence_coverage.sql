-- One row per usage month, product, territory, side, partner concerned and currency of
-- the pools: the part of the use, and of its earnings, with a contract in force at the
-- time of use. Uses with an unknown source or owner have separate rows without a
-- partner, because it is unknown whether they are licensed.
with
    uses as (select * from {{ ref("fct_use_groups") }} where exclusion_reason is null),
    unlicensed as (select * from {{ ref("fct_unlicensed_uses") }}),
    pools as (select * from {{ ref("fct_pools") }}),
    pool_fees as (select * from {{ ref("fct_pool_fees") }}),
    lines as (select * from {{ ref("fct_compensation_lines") }}),
    partners as (select * from {{ ref("dim_partners") }}),
    products as (select * from {{ ref("dim_products") }}),
    -- A line names the owner; the uses behind it give the partner concerned.
    owners as (
        select
            usage_month,
            product_id,
            territory,
            side,
            owner_party_id,
            min(partner_id) as partner_id
        from unlicensed
        group by all
    ),
    weighed as (
        select
            usage_month,
            product_id,
            territory,
            side,
            tier,
            partner_id,
            sum(weight_nano) as licensed_weight_nano,
            0 as unlicensed_weight_nano,
            0 as unknown_weight_nano
        from uses
        where contract_id is not null
        group by all
        union all
        select
            usage_month,
            product_id,
            territory,
            side,
            tier,
            partner_id,
            0 as licensed_weight_nano,
            sum(weight_nano) as unlicensed_weight_nano,
            0 as unknown_weight_nano
        from unlicensed
        group by all
        union all
        select
            usage_month,
            product_id,
            territory,
            side,
            tier,
            cast(null as {{ t_str() }}) as partner_id,
            0 as licensed_weight_nano,
            0 as unlicensed_weight_nano,
            sum(weight_nano) as unknown_weight_nano
        from uses
        where contract_id is null and coalesce(consent_status, '') <> 'unlicensed'
        group by all
    ),
    figures as (
        select
            weighed.usage_month,
            weighed.product_id,
            weighed.territory,
            weighed.side,
            weighed.partner_id,
            pools.currency_code,
            weighed.licensed_weight_nano,
            weighed.unlicensed_weight_nano,
            weighed.unknown_weight_nano,
            0 as licensed_amount,
            0 as unlicensed_amount
        from weighed
        left join
            pools
            on pools.usage_month = weighed.usage_month
            and pools.product_id = weighed.product_id
            and pools.territory = weighed.territory
            and pools.side = weighed.side
            and pools.tier = weighed.tier
        union all
        select
            pool_fees.usage_month,
            pool_fees.product_id,
            pool_fees.territory,
            pool_fees.side,
            pool_fees.partner_id,
            pools.currency_code,
            0 as licensed_weight_nano,
            0 as unlicensed_weight_nano,
            0 as unknown_weight_nano,
            pool_fees.fee_amount as licensed_amount,
            0 as unlicensed_amount
        from pool_fees
        inner join pools on pools.pool_id = pool_fees.pool_id
        union all
        select
            lines.usage_month,
            lines.product_id,
            lines.territory,
            lines.side,
            owners.partner_id,
            lines.currency_code,
            0 as licensed_weight_nano,
            0 as unlicensed_weight_nano,
            0 as unknown_weight_nano,
            0 as licensed_amount,
            lines.amount as unlicensed_amount
        from lines
        left join
            owners
            on owners.usage_month = lines.usage_month
            and owners.product_id = lines.product_id
            and owners.territory = lines.territory
            and owners.side = lines.side
            and owners.owner_party_id = lines.owner_party_id
        where lines.contract_id is null and lines.hold_bucket = 'UNROUTED'
    ),
    summed as (
        select
            usage_month,
            product_id,
            territory,
            side,
            partner_id,
            currency_code,
            round(sum(licensed_weight_nano), 0) as licensed_weight_nano,
            round(sum(unlicensed_weight_nano), 0) as unlicensed_weight_nano,
            round(sum(unknown_weight_nano), 0) as unknown_weight_nano,
            sum(cast(licensed_amount as {{ t_dec(24, 6) }})) as licensed_amount,
            sum(cast(unlicensed_amount as {{ t_dec(24, 6) }})) as unlicensed_amount
        from figures
        group by all
    )
select
    cast(summed.usage_month as date) as report_month,
    cast(summed.product_id as {{ t_str() }}) as product_id,
    cast(products.product_name as {{ t_str() }}) as product_name,
    cast(summed.territory as {{ t_str() }}) as territory,
    cast(summed.side as {{ t_str() }}) as side,
    cast(summed.partner_id as {{ t_str() }}) as partner_id,
    cast(partners.partner_name as {{ t_str() }}) as partner_name,
    cast(summed.licensed_weight_nano as {{ t_dec(38, 0) }}) as licensed_weight_nano,
    cast(summed.unlicensed_weight_nano as {{ t_dec(38, 0) }}) as unlicensed_weight_nano,
    cast(summed.unknown_weight_nano as {{ t_dec(38, 0) }}) as unknown_weight_nano,
    {{
        share_of(
            "summed.licensed_weight_nano",
            "(summed.licensed_weight_nano + summed.unlicensed_weight_nano)",
            4,
        )
    }} as licensed_use_share,
    cast(summed.licensed_amount as {{ t_dec(24, 6) }}) as licensed_amount,
    cast(summed.unlicensed_amount as {{ t_dec(24, 6) }}) as unlicensed_amount,
    cast(summed.currency_code as {{ t_str() }}) as currency_code
from summed
left join partners on partners.partner_id = summed.partner_id
left join products on products.product_id = summed.product_id
