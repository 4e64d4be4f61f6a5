-- One row per model version, side and object that the model was trained on while no
-- contract that names the product was in force.
with
    inclusions as (select * from {{ ref("fct_training_inclusions") }}),
    contracts as (
        select
            side,
            valid_from,
            coalesce(valid_to, {{ always_to() }}) as valid_to,
            {{ split_list("product_ids", "|") }} as product_list
        from {{ ref("dim_contracts") }}
    ),
    licences as (
        select contracts.side, named.item as product_id, valid_from, valid_to
        from contracts {{ explode_list("product_list", "named") }}
    )
select
    cast(inclusions.model_version as {{ t_str() }}) as model_version,
    cast(inclusions.side as {{ t_str() }}) as side,
    cast(inclusions.object_id as {{ t_str() }}) as object_id,
    cast(inclusions.product_id as {{ t_str() }}) as product_id,
    cast(date_trunc('month', inclusions.included_at) as date) as included_month,
    cast(inclusions.included_at as {{ t_ts() }}) as included_at
from inclusions
left join
    licences
    on licences.product_id = inclusions.product_id
    and licences.side = inclusions.side
    and licences.valid_from <= inclusions.included_at
    and licences.valid_to > inclusions.included_at
where licences.product_id is null
