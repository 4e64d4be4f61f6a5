-- One row per context (territory, product, use type and model version of a use or
-- generation) and scope of decisions that covers it, with the specificity of the scope:
-- use type, then territory, product, model version. A context that no decision covers
-- has one row without a scope.
with
    use_contexts as (select * from {{ ref("int_usage__use_contexts") }}),
    periods as (select * from {{ ref("int_consent__decision_periods") }}),
    regions as (select * from {{ ref("regions") }}),
    used as (
        select territory, product_id, use_type, model_version
        from use_contexts
        union
        select generated_in as territory, product_id, use_type, model_version
        from use_contexts
    ),
    contexts as (
        select
            cast(
                row_number() over (
                    order by
                        territory nulls first,
                        product_id nulls first,
                        use_type nulls first,
                        model_version nulls first
                ) as {{ t_bigint() }}
            ) as context_number,
            used.*
        from used
    ),
    reaches as (
        select distinct
            reach_number, use_type, product_id, territory, model_version, is_likeness
        from periods
    ),
    covered as (
        select
            contexts.context_number,
            reaches.reach_number,
            case when reaches.use_type = '*' then 1 else 2 end * 10000
            + {{
                territory_rank(
                    "reaches.territory", "contexts.territory", "regions.region_code"
                )
            }} * 1000
            + case when reaches.product_id = '*' then 1 else 2 end * 100
            + case when reaches.model_version is null then 1 else 2 end
            * 10 as reach_rank
        from contexts
        inner join
            reaches
            on reaches.use_type in (contexts.use_type, '*')
            and reaches.product_id in (contexts.product_id, '*')
            and (
                reaches.model_version is null
                or reaches.model_version = contexts.model_version
            )
            and (not reaches.is_likeness or contexts.use_type = 'voice_clone')
        left join
            regions
            on regions.region_code = reaches.territory
            and regions.territory = contexts.territory
        where
            reaches.territory in (contexts.territory, 'WW')
            or regions.region_code is not null
    )
select contexts.*, covered.reach_number, covered.reach_rank
from contexts
left join covered on covered.context_number = contexts.context_number
