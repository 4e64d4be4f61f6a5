-- One row per use that is in a pool, and layer, with its use context. If a pool has no
-- timely uses, the late ones are its usage: they are paid from the pool's own money.
with
    uses as (
        select *
        from {{ ref("int_usage__uses_classified") }}
        where exclusion_reason is null
    ),
    pools_late as (
        select distinct usage_month, territory, product_id, tier
        from uses
        where usage_layer <> 'timely'
    ),
    pools_timely as (
        select distinct uses.usage_month, uses.territory, uses.product_id, uses.tier
        from uses
        inner join
            pools_late
            on pools_late.usage_month = uses.usage_month
            and pools_late.territory = uses.territory
            and pools_late.product_id = uses.product_id
            and pools_late.tier = uses.tier
        where uses.usage_layer = 'timely' and uses.quantity > 0
    )
select
    use_contexts.use_context_number,
    uses.generation_id,
    uses.judged_at,
    uses.play_date,
    uses.usage_month,
    uses.tier,
    case
        when uses.usage_layer = 'late' and pools_timely.usage_month is null
        then 'timely'
        else uses.usage_layer
    end as usage_layer,
    uses.quantity,
    uses.removal_bucket
from uses
inner join
    {{ ref("int_usage__use_contexts") }} as use_contexts
    on use_contexts.basis = uses.basis
    and use_contexts.output_id = uses.output_id
    and use_contexts.derivative_id is not distinct from uses.derivative_id
    and use_contexts.territory = uses.territory
    and use_contexts.product_id is not distinct from uses.product_id
    and use_contexts.use_type is not distinct from uses.use_type
    and use_contexts.model_version is not distinct from uses.model_version
    and use_contexts.generated_at is not distinct from uses.generated_at
    and use_contexts.generated_in is not distinct from uses.generated_in
left join
    pools_timely
    on uses.usage_layer = 'late'
    and pools_timely.usage_month = uses.usage_month
    and pools_timely.territory = uses.territory
    and pools_timely.product_id = uses.product_id
    and pools_timely.tier = uses.tier
