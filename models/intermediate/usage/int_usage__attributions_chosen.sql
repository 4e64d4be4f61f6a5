-- One row per derivative and side: the attribution version that counts, which is the
-- one recorded last, with the sum of its weights in 10^-12.
with
    attributions as (select * from {{ ref("stg_ai_usage__attributions") }}),
    versions as (
        select
            derivative_id,
            side,
            attribution_version,
            sum({{ scaled("weight", 12) }}) as total,
            max(recorded_at) as recorded_at
        from attributions
        group by all
    )
select derivative_id, side, attribution_version, total
from versions
qualify
    row_number() over (
        partition by derivative_id, side
        order by recorded_at desc, attribution_version desc
    )
    = 1
