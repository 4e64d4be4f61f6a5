-- One row per month, territory, product, tier, use type, basis and reason of logged
-- uses, counted or not: generations, and plays of derivatives.
{{ config(meta={"month": "report_month"}) }}
with
    generations as (
        select *
        from {{ ref("int_usage__generations_classified") }}
        where {{ months_in_scope("usage_month") }} or usage_month is null
    ),
    uses as (select * from {{ ref("int_usage__uses_classified") }}),
    counted as (
        select
            'generations' as use_basis,
            usage_month,
            territory,
            product_id,
            tier,
            use_type,
            exclusion_reason,
            case
                when exclusion_reason = 'blocked' then block_reason
            end as block_reason,
            count(*) as quantity
        from generations
        group by all
        union all
        select
            'plays' as use_basis,
            usage_month,
            territory,
            product_id,
            tier,
            use_type,
            exclusion_reason,
            cast(null as {{ t_str() }}) as block_reason,
            sum(quantity) as quantity
        from uses
        where basis = 'plays'
        group by all
    )
select
    cast(usage_month as date) as report_month,
    cast(use_basis as {{ t_str() }}) as use_basis,
    cast(territory as {{ t_str() }}) as territory,
    cast(product_id as {{ t_str() }}) as product_id,
    cast(tier as {{ t_str() }}) as tier,
    cast(use_type as {{ t_str() }}) as use_type,
    cast(exclusion_reason as {{ t_str() }}) as exclusion_reason,
    cast(block_reason as {{ t_str() }}) as block_reason,
    cast(quantity as {{ t_bigint() }}) as quantity
from counted
