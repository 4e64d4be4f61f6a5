-- One row per model version, side and object that a model was trained on.
with
    latest as (
        {{
            latest_versions(
                source("raw", "raw_ai_usage__training_inclusions"),
                ["model_version", "side", "object_id"],
                "usage",
            )
        }}
    )
select model_version, side, object_id, product_id, included_at, recorded_at, delivery_id
from latest
