-- One row per derivative, side, source object and attribution version.
with
    latest as (
        {{
            latest_versions(
                source("raw", "raw_ai_usage__attributions"),
                ["derivative_id", "side", "source_object_id", "attribution_version"],
                "attribution",
            )
        }}
    )
select
    derivative_id,
    side,
    source_object_id,
    attribution_version,
    weight,
    confidence,
    evidence_sha256,
    recorded_at,
    delivery_id
from latest
