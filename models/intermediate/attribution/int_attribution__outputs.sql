-- One row per output that needs sources: a derivative, or a generation without one.
-- Derivatives in a cycle are left out.
with
    derivatives as (select * from {{ ref("int_usage__derivatives_described") }}),
    -- A generation that was withdrawn after its month was issued still needs its
    -- sources, and so does one that has another derivative since.
    generations as (
        select *
        from {{ ref("int_usage__generations_classified") }}
        union all
        select issued.*
        from {{ ref("int_usage__generations_issued") }} as issued
        left join
            {{ ref("int_usage__generations_classified") }} as classified
            on classified.generation_id = issued.generation_id
            and classified.exclusion_reason is null
            and coalesce(classified.derivative_id, '')
            = coalesce(issued.derivative_id, '')
        where classified.generation_id is null
    ),
    products as (select * from {{ ref("stg_licensing__products") }}),
    unpublished as (
        select
            coalesce(generations.derivative_id, generations.generation_id) as output_id,
            generations.product_id,
            generations.source_recording_ids,
            generations.occurred_at
        from generations
        left join derivatives on derivatives.derivative_id = generations.derivative_id
        where generations.exclusion_reason is null and derivatives.derivative_id is null
        qualify
            row_number() over (
                partition by
                    coalesce(generations.derivative_id, generations.generation_id)
                order by generations.generation_id desc, generations.occurred_at desc
            )
            = 1
    ),
    all_outputs as (
        select
            derivative_id as output_id,
            product_id,
            source_recording_ids,
            generated_at,
            exclusion_reason is null as is_countable
        from derivatives
        where coalesce(exclusion_reason, '') <> 'cycle'
        union all
        select
            output_id,
            product_id,
            source_recording_ids,
            occurred_at as generated_at,
            true as is_countable
        from unpublished
    )
select
    all_outputs.output_id,
    all_outputs.source_recording_ids,
    all_outputs.generated_at,
    all_outputs.is_countable,
    products.attribution_fallback,
    products.remainder_rule,
    products.weight_floor
from all_outputs
left join products on products.product_id = all_outputs.product_id
