-- One row per use that was logged: a generation, or a day's plays of a derivative in a
-- territory and tier. A use counts in the basis that its product is weighed by.
with
    generations as (select * from {{ ref("int_usage__generations_classified") }}),
    derivatives as (select * from {{ ref("int_usage__derivatives_described") }}),
    plays as (select * from {{ ref("stg_ai_usage__derivative_plays") }}),
    territories as (select * from {{ ref("territories") }}),
    products as (select * from {{ ref("stg_licensing__products") }}),
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
            generations.weight_basis,
            generations.tier,
            generations.use_type,
            generations.model_version,
            1 as quantity,
            coalesce(
                generations.exclusion_reason,
                case when derivatives.exclusion_reason = 'cycle' then 'cycle' end
            ) as exclusion_reason
        from generations
        left join derivatives on derivatives.derivative_id = generations.derivative_id
    ),
    play_uses as (
        select
            'p|'
            || cast(plays.play_date as {{ t_str() }})
            || '|'
            || plays.derivative_id
            || '|'
            || plays.territory
            || '|'
            || plays.tier as use_id,
            'plays' as basis,
            derivatives.generation_id,
            plays.derivative_id,
            plays.derivative_id as attribution_key,
            cast(plays.play_date as {{ t_ts() }}) as judged_at,
            derivatives.generated_at,
            derivatives.generated_in,
            plays.play_date,
            cast(date_trunc('month', plays.play_date) as date) as usage_month,
            plays.territory,
            derivatives.product_id,
            derivatives.weight_basis,
            plays.tier,
            derivatives.use_type,
            derivatives.model_version,
            plays.play_count - plays.artificial_play_count as quantity,
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
            end as exclusion_reason
        from plays
        left join derivatives on derivatives.derivative_id = plays.derivative_id
        left join territories on territories.territory = plays.territory
        left join products on products.product_id = derivatives.product_id
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
    cast(quantity as {{ t_bigint() }}) as quantity,
    case
        when exclusion_reason is not null
        then exclusion_reason
        when weight_basis <> basis
        then 'other_weight_basis'
    end as exclusion_reason
from all_uses
