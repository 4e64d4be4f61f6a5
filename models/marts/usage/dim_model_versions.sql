-- One row per model version named by a generation or a training inclusion.
with
    generations as (
        select *
        from {{ ref("int_usage__generations_classified") }}
        where model_version is not null
    ),
    inclusions as (select * from {{ ref("stg_ai_usage__training_inclusions") }}),
    named as (
        select model_version, product_id
        from generations
        union
        select model_version, product_id
        from inclusions
    ),
    versions as (select distinct model_version from named),
    products as (
        select model_version, {{ ordered_list("product_id", "|") }} as product_ids
        from named
        group by all
    ),
    trained as (
        select
            model_version,
            count(
                distinct case when side = 'MASTER' then object_id end
            ) as training_recording_count,
            count(
                distinct case when side = 'WORK' then object_id end
            ) as training_work_count,
            min(included_at) as first_included_at,
            max(included_at) as last_included_at
        from inclusions
        group by all
    ),
    generated as (
        select
            model_version,
            count(*) as generation_count,
            count(distinct derivative_id) as derivative_count,
            min(occurred_at) as first_generated_at,
            max(occurred_at) as last_generated_at
        from generations
        where exclusion_reason is null
        group by all
    )
select
    cast(versions.model_version as {{ t_str() }}) as model_version,
    cast(products.product_ids as {{ t_str() }}) as product_ids,
    cast(
        coalesce(trained.training_recording_count, 0) as {{ t_bigint() }}
    ) as training_recording_count,
    cast(
        coalesce(trained.training_work_count, 0) as {{ t_bigint() }}
    ) as training_work_count,
    cast(
        coalesce(generated.generation_count, 0) as {{ t_bigint() }}
    ) as generation_count,
    cast(
        coalesce(generated.derivative_count, 0) as {{ t_bigint() }}
    ) as derivative_count,
    cast(trained.first_included_at as {{ t_ts() }}) as first_included_at,
    cast(trained.last_included_at as {{ t_ts() }}) as last_included_at,
    cast(generated.first_generated_at as {{ t_ts() }}) as first_generated_at,
    cast(generated.last_generated_at as {{ t_ts() }}) as last_generated_at
from versions
left join products on products.model_version = versions.model_version
left join trained on trained.model_version = versions.model_version
left join generated on generated.model_version = versions.model_version
