-- One row per appeal against a removal action.
with
    latest as (
        {{
            latest_versions(
                source("raw", "raw_removals__appeals"), ["appeal_id"], "fraud"
            )
        }}
    )
select
    appeal_id,
    puid,
    kind,
    outcome,
    filed_at,
    decided_at,
    reinstated_at,
    suit_filed_at,
    recorded_at,
    delivery_id
from latest
