-- One row per side, source object, territory and product with a use.
with
    use_contexts as (select * from {{ ref("int_usage__use_contexts") }}),
    -- A play needs rights where it was played, and consent also where it was generated.
    requests as (
        select output_id, territory, product_id
        from use_contexts
        union
        select output_id, generated_in as territory, product_id
        from use_contexts
    ),
    weights as (select * from {{ ref("int_attribution__source_weights") }}),
    recordings as (select * from {{ ref("stg_catalog__recordings") }}),
    works as (select * from {{ ref("stg_catalog__works") }}),
    used as (
        select distinct
            weights.side, weights.object_id, requests.territory, requests.product_id
        from requests
        inner join weights on weights.output_id = requests.output_id
        where weights.object_id is not null
    )
select
    used.side,
    used.object_id,
    used.territory,
    used.product_id,
    case
        when used.side = 'MASTER'
        then recordings.recording_id is not null
        else works.work_id is not null
    end as is_known
from used
left join
    recordings on used.side = 'MASTER' and recordings.recording_id = used.object_id
left join works on used.side = 'WORK' and works.work_id = used.object_id
