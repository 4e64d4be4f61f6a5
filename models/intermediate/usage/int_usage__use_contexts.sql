-- One row per output with its generation, territory and product that was used, and per
-- object that a model was trained on: all combinations for which rights and consent are
-- needed. There are far fewer of them than uses.
with
    requests as (
        select
            basis,
            derivative_id,
            output_id,
            territory,
            product_id,
            use_type,
            model_version,
            generated_at,
            generated_in,
            min(judged_at) as first_judged_at,
            max(judged_at) as last_judged_at
        from {{ ref("int_usage__uses_classified") }}
        where exclusion_reason is null
        group by all
        union all
        -- Training happens once, for the whole world.
        select
            'training' as basis,
            cast(null as {{ t_str() }}) as derivative_id,
            output_id,
            'WW' as territory,
            product_id,
            'training' as use_type,
            model_version,
            included_at as generated_at,
            'WW' as generated_in,
            included_at as first_judged_at,
            included_at as last_judged_at
        from {{ ref("int_usage__training_uses") }}
    )
select
    cast(
        row_number() over (
            order by
                basis,
                output_id,
                derivative_id nulls first,
                territory,
                product_id nulls first,
                use_type nulls first,
                model_version nulls first,
                generated_at,
                generated_in nulls first
        ) as {{ t_bigint() }}
    ) as use_context_number,
    requests.*
from requests
