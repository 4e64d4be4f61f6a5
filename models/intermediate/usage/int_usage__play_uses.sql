-- One row per day of plays of a derivative in a territory and tier, and layer: plays
-- less artificial ones, in the product of the derivative's generation.
with
    derivatives as (select * from {{ ref("int_usage__derivatives_described") }}),
    removals as (select * from {{ ref("int_usage__derivatives_removed") }}),
    plays as (select * from {{ ref("int_usage__plays_counted") }}),
    territories as (select * from {{ ref("territories") }}),
    products as (select * from {{ ref("stg_licensing__products") }}),
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
                else greatest(plays.issued_play_count - plays.artificial_play_count, 0)
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
            and removals_everywhere.territory = 'WW'
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
    )
select
    'plays' as basis,
    generation_id,
    derivative_id,
    derivative_id as output_id,
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
