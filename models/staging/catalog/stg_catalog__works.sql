-- One row per work.
with
    latest as (
        {{
            latest_versions(
                source("raw", "raw_catalog__works"), ["work_id"], "ownership"
            )
        }}
    )
select work_id, iswc, title, writer_party_ids, recorded_at, delivery_id
from latest
