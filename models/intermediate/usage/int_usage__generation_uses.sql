-- One row per logged generation and layer, as a use of 1: generations that counted when
-- their month was first issued, and those added or withdrawn since. Other products are
-- weighed by plays.
with
    generations as (
        select *
        from {{ ref("int_usage__generations_classified") }}
        where {{ months_in_scope("usage_month") }} or usage_month is null
    ),
    generations_issued as (
        select *
        from {{ ref("int_usage__generations_issued") }}
        where {{ months_in_scope("usage_month") }}
    ),
    months_issued as (select * from {{ ref("int_ledger__months_issued") }}),
    derivatives as (select * from {{ ref("int_usage__derivatives_described") }}),
    counted_generations as (
        select
            generations.generation_id,
            generations.derivative_id,
            generations.occurred_at,
            generations.usage_month,
            generations.territory,
            generations.product_id,
            generations.tier,
            generations.use_type,
            generations.model_version,
            case
                when months_issued.usage_month is null then 'timely' else 'late'
            end as usage_layer,
            1 as quantity
        from generations
        left join months_issued on months_issued.usage_month = generations.usage_month
        where
            generations.exclusion_reason is null
            and generations.weight_basis = 'generations'
        union all
        select
            issued.generation_id,
            issued.derivative_id,
            issued.occurred_at,
            issued.usage_month,
            issued.territory,
            issued.product_id,
            issued.tier,
            issued.use_type,
            issued.model_version,
            layers.usage_layer,
            layers.quantity
        from generations_issued as issued
        cross join
            (
                select 'timely' as usage_layer, 1 as quantity
                union all
                select 'late' as usage_layer, -1 as quantity
            ) as layers
        where issued.exclusion_reason is null and issued.weight_basis = 'generations'
    ),
    -- Generations that counted then and still count cancel out in the late layer.
    netted_generations as (
        select
            generation_id,
            derivative_id,
            occurred_at,
            usage_month,
            territory,
            product_id,
            tier,
            use_type,
            model_version,
            usage_layer,
            sum(quantity) as quantity
        from counted_generations
        group by all
        having sum(quantity) <> 0
    ),
    all_generations as (
        select
            generation_id,
            derivative_id,
            occurred_at,
            usage_month,
            territory,
            product_id,
            tier,
            use_type,
            model_version,
            usage_layer,
            quantity,
            cast(null as {{ t_str() }}) as exclusion_reason
        from netted_generations
        union all
        select
            generation_id,
            derivative_id,
            occurred_at,
            usage_month,
            territory,
            product_id,
            tier,
            use_type,
            model_version,
            'timely' as usage_layer,
            1 as quantity,
            coalesce(exclusion_reason, 'other_weight_basis') as exclusion_reason
        from generations
        where exclusion_reason is not null or weight_basis <> 'generations'
    )
select
    'generations' as basis,
    generations.generation_id,
    generations.derivative_id,
    coalesce(generations.derivative_id, generations.generation_id) as output_id,
    generations.occurred_at as judged_at,
    generations.occurred_at as generated_at,
    generations.territory as generated_in,
    cast(null as date) as play_date,
    generations.usage_month,
    generations.territory,
    generations.product_id,
    generations.tier,
    generations.use_type,
    generations.model_version,
    generations.usage_layer,
    generations.quantity,
    0 as removal_effect,
    coalesce(
        generations.exclusion_reason,
        case when derivatives.exclusion_reason = 'cycle' then 'cycle' end
    ) as exclusion_reason
from all_generations as generations
left join derivatives on derivatives.derivative_id = generations.derivative_id
