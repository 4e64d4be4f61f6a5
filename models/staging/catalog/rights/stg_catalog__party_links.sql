-- One row per parent, child, role and start of a link between two parties.
with
    latest as (
        {{
            latest_versions(
                source("raw", "raw_catalog__party_links"),
                ["parent_party_id", "child_party_id", "role", "valid_from"],
                "ownership",
            )
        }}
    )
select
    parent_party_id,
    child_party_id,
    role,
    fee_rate,
    valid_from,
    valid_to,
    recorded_at,
    delivery_id
from latest
