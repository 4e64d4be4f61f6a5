-- One row per derivative: a recording that a generation produced.
with
    known as (
        select
            *, min(recorded_at) over (partition by derivative_id) as first_recorded_at
        from {{ source("raw", "raw_ai_usage__derivatives") }}
        where recorded_at <= {{ known_at("usage") }}
    )
select
    derivative_id,
    generation_id,
    parent_derivative_id,
    isrc,
    published_at,
    disabled_at,
    recorded_at,
    first_recorded_at,
    delivery_id
from known
qualify
    row_number() over (partition by derivative_id order by recorded_at desc) = 1
    and not is_withdrawn
