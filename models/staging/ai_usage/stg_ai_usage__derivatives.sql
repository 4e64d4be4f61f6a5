-- One row per derivative: a recording that came out of a generation.
with
    latest as (
        {{
            latest_versions(
                source("raw", "raw_ai_usage__derivatives"), ["derivative_id"]
            )
        }}
    )
select
    derivative_id,
    generation_id,
    parent_derivative_id,
    isrc,
    published_at,
    disabled_at,
    recorded_at,
    delivery_id
from latest
