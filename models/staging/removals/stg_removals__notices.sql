-- One row per notice about a piece of content.
with
    latest as (
        {{
            latest_versions(
                source("raw", "raw_removals__notices"), ["notice_id"], "fraud"
            )
        }}
    )
select
    notice_id,
    puid,
    notifier_kind,
    notifier_party_id,
    is_valid,
    received_at,
    withdrawn_at,
    recorded_at,
    delivery_id
from latest
