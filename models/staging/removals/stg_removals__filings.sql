-- One row per batch and statement of reasons to which the EU's database has responded.
with
    latest as (
        {{
            latest_versions(
                source("raw", "raw_removals__filings"), ["batch_id", "puid"]
            )
        }}
    )
select
    batch_id,
    puid,
    outcome,
    statement_uuid,
    message,
    exported_at,
    answered_at,
    recorded_at,
    delivery_id
from latest
