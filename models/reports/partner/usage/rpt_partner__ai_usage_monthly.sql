-- One row per partner, month, product, use type, territory, tier and side with a use of
-- the partner's catalogue. A use of several sources counts once in the counts, and by
-- its weights in the weighted quantities. Counts of uses do not add up over sides.
with
    use_groups as (
        select * from {{ ref("fct_use_groups") }} where partner_id is not null
    ),
    products as (select * from {{ ref("dim_products") }}),
    -- Of a batch that draws on several sources, the uses count once.
    batches as (
        select distinct
            partner_id,
            usage_month,
            product_id,
            use_type,
            territory,
            tier,
            side,
            use_batch_number,
            use_basis,
            quantity
        from use_groups
    ),
    counted as (
        select
            partner_id,
            usage_month,
            product_id,
            use_type,
            territory,
            tier,
            side,
            sum(
                case when use_basis = 'generations' then quantity else 0 end
            ) as generation_count,
            sum(case when use_basis = 'plays' then quantity else 0 end) as play_count
        from batches
        group by all
    ),
    weighed as (
        select
            partner_id,
            usage_month,
            product_id,
            use_type,
            territory,
            tier,
            side,
            count(distinct derivative_id) as derivative_count,
            count(distinct object_id) as object_count,
            round(
                sum(case when hold_bucket is null then weight_nano else 0 end), 0
            ) as payable_weight_nano,
            round(
                sum(case when hold_bucket = 'CONSENT' then weight_nano else 0 end), 0
            ) as consent_held_weight_nano,
            round(
                sum(case when hold_bucket <> 'CONSENT' then weight_nano else 0 end), 0
            ) as other_held_weight_nano
        from use_groups
        group by all
    )
select
    cast(counted.partner_id as {{ t_str() }}) as partner_id,
    cast(counted.usage_month as date) as report_month,
    cast(counted.product_id as {{ t_str() }}) as product_id,
    cast(products.product_name as {{ t_str() }}) as product_name,
    cast(counted.use_type as {{ t_str() }}) as use_type,
    cast(counted.territory as {{ t_str() }}) as territory,
    cast(counted.tier as {{ t_str() }}) as tier,
    cast(counted.side as {{ t_str() }}) as side,
    cast(counted.generation_count as {{ t_bigint() }}) as generation_count,
    cast(counted.play_count as {{ t_bigint() }}) as play_count,
    cast(weighed.derivative_count as {{ t_bigint() }}) as distinct_derivative_count,
    cast(weighed.object_count as {{ t_bigint() }}) as distinct_object_count,
    {{
        nano_to_units(
            "weighed.payable_weight_nano + weighed.consent_held_weight_nano"
            " + weighed.other_held_weight_nano"
        )
    }} as weighted_quantity,
    {{ nano_to_units("weighed.payable_weight_nano") }} as payable_weighted_quantity,
    {{ nano_to_units("weighed.consent_held_weight_nano") }}
    as consent_held_weighted_quantity,
    {{ nano_to_units("weighed.other_held_weight_nano") }}
    as other_held_weighted_quantity
from counted
inner join
    weighed
    on weighed.partner_id = counted.partner_id
    and weighed.usage_month = counted.usage_month
    and weighed.product_id = counted.product_id
    and weighed.use_type = counted.use_type
    and weighed.territory = counted.territory
    and weighed.tier = counted.tier
    and weighed.side = counted.side
left join products on products.product_id = counted.product_id
