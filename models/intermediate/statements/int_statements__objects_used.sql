-- One row per pool and object that uses at the freeze draw on, including uses that a
-- removal has taken out of the pool: the evidence for a line whose own uses have since
-- moved to another key.
{{ config(meta={"month": "usage_month"}) }}
with
    use_groups as (
        select *
        from {{ ref("int_compensation__use_groups") }}
        where {{ months_in_scope("usage_month") }}
    ),
    removed as (
        select distinct output_id, usage_month, territory, product_id, tier
        from {{ ref("int_usage__uses_classified") }}
        where exclusion_reason = 'removed'
    ),
    weights as (select * from {{ ref("int_attribution__source_weights") }})
select
    {{ pool_id("usage_month", "territory", "product_id", "tier", "side") }} as pool_id,
    usage_month,
    object_id
from use_groups
where object_id is not null
union
select
    {{
        pool_id(
            "removed.usage_month",
            "removed.territory",
            "removed.product_id",
            "removed.tier",
            "weights.side",
        )
    }} as pool_id, removed.usage_month, weights.object_id
from removed
inner join weights on weights.output_id = removed.output_id
where weights.object_id is not null
