-- One row per derivative: a recording that a generation produced.
with
    known as (
        select *, min(known_from) over (partition by derivative_id) as first_known_from
        from {{ arrived(source("raw", "raw_ai_usage__derivatives")) }} as arrivals
        where known_from <= {{ known_at("usage") }}
    )
select
    derivative_id,
    generation_id,
    parent_derivative_id,
    isrc,
    published_at,
    disabled_at,
    recorded_at,
    first_known_from,
    delivery_id
from known
qualify
    row_number() over (partition by derivative_id order by recorded_at desc) = 1
    and not is_withdrawn
