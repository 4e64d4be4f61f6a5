-- One row per derivative, credited source object, party and role.
with
    latest as (
        {{
            latest_versions(
                source("raw", "raw_catalog__credits"),
                ["derivative_id", "object_id", "party_id", "role"],
            )
        }}
    )
select
    derivative_id, object_id, party_id, role, displayed_from, recorded_at, delivery_id
from latest
