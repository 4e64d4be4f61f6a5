-- One row per derivative, with attributes of its generation: product, use type,
-- requested sources, and the instant at which consent was first needed.
with
    derivatives as (select * from {{ ref("stg_ai_usage__derivatives") }}),
    generations as (select * from {{ ref("int_usage__generations_classified") }}),
    cycles as (select * from {{ ref("int_usage__derivative_cycles") }}),
    -- A retry's derivative belongs to the remaining row with its idempotency key.
    kept as (
        select idempotency_key, generation_id
        from generations
        where exclusion_reason is null
    ),
    origins as (
        select
            generations.generation_id as named_generation_id,
            coalesce(kept.generation_id, generations.generation_id) as generation_id
        from generations
        left join kept on kept.idempotency_key = generations.idempotency_key
    )
select
    derivatives.derivative_id,
    derivatives.parent_derivative_id,
    generations.generation_id,
    generations.occurred_at as generated_at,
    generations.territory as generated_in,
    generations.product_id,
    generations.weight_basis,
    generations.use_type,
    generations.model_version,
    generations.source_recording_ids,
    greatest(derivatives.first_known_from, generations.first_known_from) as known_since,
    case
        when cycles.derivative_id is not null
        then 'cycle'
        when generations.generation_id is null
        then 'no_generation'
        else generations.exclusion_reason
    end as exclusion_reason
from derivatives
left join origins on origins.named_generation_id = derivatives.generation_id
left join generations on generations.generation_id = origins.generation_id
left join cycles on cycles.derivative_id = derivatives.derivative_id
