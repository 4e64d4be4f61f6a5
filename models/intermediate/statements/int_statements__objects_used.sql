-- One row per pool and object that uses of the freeze draw on, those included that a
-- removal has taken out of the pool: what a line leads to whose own uses have moved to
-- another key since.
with
    use_groups as (select * from {{ ref("int_compensation__use_groups") }}),
    removed as (
        select distinct output_id, usage_month, territory, product_id, tier
        from {{ ref("int_usage__uses_classified") }}
        where exclusion_reason = 'removed'
    ),
    weights as (select * from {{ ref("int_attribution__source_weights") }})
select
    {{ pool_id("usage_month", "territory", "product_id", "tier", "side") }} as pool_id,
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
    }} as pool_id, weights.object_id
from removed
inner join weights on weights.output_id = removed.output_id
where weights.object_id is not null
