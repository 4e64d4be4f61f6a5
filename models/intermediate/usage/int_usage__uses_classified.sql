-- One row per use that was logged and layer of it: a generation, or a day's plays of a
-- derivative in a territory and tier. A use counts in the basis that its product is
-- weighed by.
-- What was known of an issued month when it was first issued is the layer `timely`;
-- what
-- has come since is `late`, and what has gone since `withdrawn`, with a negative
-- quantity (docs/money.md, "Late usage").
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
    months_issued as (select * from {{ ref("int_statements__months_issued") }}),
    derivatives as (select * from {{ ref("int_usage__derivatives_described") }}),
    removals as (select * from {{ ref("int_usage__derivatives_removed") }}),
    plays as (select * from {{ ref("int_usage__plays_counted") }}),
    territories as (select * from {{ ref("territories") }}),
    products as (select * from {{ ref("stg_licensing__products") }}),
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
    -- What was counted then and still is cancels out in the late layer.
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
    ),
    generation_uses as (
        select
            'g|' || generations.generation_id as use_id,
            'generations' as basis,
            generations.generation_id,
            generations.derivative_id,
            coalesce(
                generations.derivative_id, generations.generation_id
            ) as attribution_key,
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
    ),
    described_plays as (
        select
            plays.*,
            derivatives.generation_id,
            derivatives.generated_at,
            derivatives.generated_in,
            derivatives.product_id,
            derivatives.use_type,
            derivatives.model_version,
            greatest(
                coalesce(removals.effect, 0), coalesce(removals_everywhere.effect, 0)
            ) as removal_effect,
            case
                when derivatives.derivative_id is null
                then 'no_generation'
                when derivatives.exclusion_reason is not null
                then derivatives.exclusion_reason
                when territories.territory is null
                then 'unknown_territory'
                when
                    cast(plays.play_date as {{ t_ts() }})
                    < cast(cast(products.launched_at as date) as {{ t_ts() }})
                then 'before_launch'
                when derivatives.weight_basis <> 'plays'
                then 'other_weight_basis'
            end as exclusion_reason,
            greatest(
                plays.play_count - plays.artificial_play_count, 0
            ) as total_quantity,
            case
                when plays.first_known_at is null
                then greatest(plays.play_count - plays.artificial_play_count, 0)
                when
                    plays.issued_play_count is null
                    or derivatives.known_since > plays.first_known_at
                then 0
                else
                    least(
                        greatest(
                            plays.issued_play_count - plays.artificial_play_count, 0
                        ),
                        greatest(plays.play_count - plays.artificial_play_count, 0)
                    )
            end as timely_quantity
        from plays
        left join derivatives on derivatives.derivative_id = plays.derivative_id
        left join territories on territories.territory = plays.territory
        left join products on products.product_id = derivatives.product_id
        left join
            removals
            on removals.derivative_id = plays.derivative_id
            and removals.territory = plays.territory
        left join
            removals as removals_everywhere
            on removals_everywhere.derivative_id = plays.derivative_id
            and removals_everywhere.territory is null
    ),
    layered_plays as (
        select
            *,
            case
                when exclusion_reason is not null or removal_effect = 3
                then total_quantity
                else timely_quantity
            end as quantity,
            'timely' as usage_layer
        from described_plays
        where
            timely_quantity <> 0
            or timely_quantity = total_quantity
            or exclusion_reason is not null
            or removal_effect = 3
        union all
        select
            *,
            total_quantity - timely_quantity as quantity,
            case
                when total_quantity > timely_quantity then 'late' else 'withdrawn'
            end as usage_layer
        from described_plays
        where
            timely_quantity <> total_quantity
            and exclusion_reason is null
            and removal_effect < 3
    ),
    play_uses as (
        select
            'p|'
            || cast(play_date as {{ t_str() }})
            || '|'
            || derivative_id
            || '|'
            || territory
            || '|'
            || tier as use_id,
            'plays' as basis,
            generation_id,
            derivative_id,
            derivative_id as attribution_key,
            cast(play_date as {{ t_ts() }}) as judged_at,
            generated_at,
            generated_in,
            play_date,
            usage_month,
            territory,
            product_id,
            tier,
            use_type,
            model_version,
            usage_layer,
            quantity,
            removal_effect,
            coalesce(
                exclusion_reason, case when removal_effect = 3 then 'removed' end
            ) as exclusion_reason
        from layered_plays
    ),
    all_uses as (
        select *
        from generation_uses
        union all
        select *
        from play_uses
    )
select
    use_id,
    basis,
    generation_id,
    derivative_id,
    attribution_key,
    judged_at,
    generated_at,
    generated_in,
    play_date,
    usage_month,
    territory,
    product_id,
    tier,
    use_type,
    model_version,
    case when quantity < 0 then 'withdrawn' else usage_layer end as usage_layer,
    cast(quantity as {{ t_bigint() }}) as quantity,
    case removal_effect when 2 then 'FRAUD' when 1 then 'REMOVAL' end as removal_bucket,
    exclusion_reason
from all_uses
where exclusion_reason is null or usage_layer <> 'withdrawn'
