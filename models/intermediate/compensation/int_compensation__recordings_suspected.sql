-- One row per recording and usage month in which plays of its derivatives were found
-- artificial, even if the finding was overturned later: the basis of penalties.
{{ config(meta={"month": "usage_month"}) }}
with
    plays as (
        select distinct
            derivative_id, {{ first_of_month("versions.play_date") }} as usage_month
        from {{ ref("stg_ai_usage__derivative_play_versions") }} as versions
        where artificial_play_count > 0
    ),
    weights as (
        select output_id, object_id
        from {{ ref("int_attribution__source_weights") }}
        where side = 'MASTER' and object_id is not null
    )
select distinct weights.object_id, plays.usage_month
from plays
inner join weights on weights.output_id = plays.derivative_id
