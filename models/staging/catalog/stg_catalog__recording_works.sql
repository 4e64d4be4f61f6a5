-- One row per recording, work that it embodies, and start.
with
    latest as (
        {{
            latest_versions(
                source("raw", "raw_catalog__recording_works"),
                ["recording_id", "work_id", "valid_from"],
                "ownership",
            )
        }}
    )
select
    recording_id,
    work_id,
    coalesce(share, cast(1 as {{ t_dec(13, 12) }})) as share,
    valid_from,
    valid_to,
    recorded_at,
    delivery_id
from latest
